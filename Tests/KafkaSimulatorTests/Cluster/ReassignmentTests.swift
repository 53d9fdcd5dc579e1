import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Partitions move to other brokers")
struct ReassignmentTests {
    private func stage(_ duration: Duration = .zero) -> BrokerStage {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1, 2, 3, 4]
        configuration.reassignmentDuration = duration
        var stage = BrokerStage(configuration)
        _ = stage.state.add("orders", replicas: [[1, 2], [2, 3]], configs: [:], stage.context(.createTopics, 7))
        return stage
    }

    private func request(_ replicas: [Int32]?, of topic: ByteString = "orders", _ index: Int32 = 0) -> AlterPartitionReassignmentsRequest {
        var partition = AlterPartitionReassignmentsRequest.ReassignableTopic.ReassignablePartition()
        partition.partitionIndex = index
        partition.replicas = replicas
        var asked = AlterPartitionReassignmentsRequest.ReassignableTopic()
        asked.name = topic
        asked.partitions = [partition]
        var request = AlterPartitionReassignmentsRequest()
        request.topics = [asked]
        return request
    }

    private func alter(_ stage: inout BrokerStage, _ request: AlterPartitionReassignmentsRequest) throws -> ErrorCode {
        let answer = try stage.call(AlterPartitionReassignmentsHandler.self, request)
        return try #require(answer.responses.first?.partitions.first).errorCode
    }

    private func list(_ stage: inout BrokerStage) throws -> [ListPartitionReassignmentsResponse.OngoingTopicReassignment] {
        try stage.call(ListPartitionReassignmentsHandler.self, ListPartitionReassignmentsRequest()).topics
    }

    @Test("It is done at once where catching up takes no time; the leader stays while it may, else the first replica leads")
    func atOnce() throws {
        var stage = stage()
        #expect(try alter(&stage, request([3, 1])) == .none)
        #expect(stage.state.topics["orders"]?.partitions[0].replicas == [3, 1])
        #expect(stage.state.topics["orders"]?.partitions[0].leader == 1)
        #expect(try alter(&stage, request([3, 4])) == .none)
        #expect(stage.state.topics["orders"]?.partitions[0].leader == 3)
        #expect(stage.state.topics["orders"]?.partitions[0].leaderEpoch == 1)
        #expect(try list(&stage).isEmpty)
    }

    @Test("While it lasts both sets hold the partition, and it is listed; afterwards only the new one does")
    func meanwhile() throws {
        var stage = stage(.seconds(5))
        #expect(try alter(&stage, request([3, 4])) == .none)
        let listed = try #require(try list(&stage).first)
        let row = try #require(listed.partitions.first)
        #expect((listed.name, row.partitionIndex, row.replicas) == ("orders", 0, [3, 4, 1, 2]))
        #expect((row.addingReplicas, row.removingReplicas) == ([3, 4], [1, 2]))
        #expect(stage.state.topics["orders"]?.partitions[0].replicas == [3, 4, 1, 2])
        #expect(stage.state.topics["orders"]?.partitions[0].leader == 1)
        stage.uptime += .seconds(5)
        #expect(try list(&stage).isEmpty)
        #expect(stage.state.topics["orders"]?.partitions[0].replicas == [3, 4])
        #expect(stage.state.topics["orders"]?.partitions[0].leader == 3)
    }

    @Test("It can be called off, and changed on the way; a topic that is deleted takes it along")
    func calledOff() throws {
        var stage = stage(.seconds(5))
        _ = try alter(&stage, request([3, 4]))
        #expect(try alter(&stage, request(nil)) == .none)
        #expect(stage.state.topics["orders"]?.partitions[0].replicas == [1, 2])
        #expect(try alter(&stage, request(nil)) == .noReassignmentInProgress)
        _ = try alter(&stage, request([3, 4]))
        _ = try alter(&stage, request([2, 4]))
        #expect(try list(&stage).first?.partitions.first?.addingReplicas == [4])
        stage.state.remove(topic: "orders")
        #expect(try list(&stage).isEmpty)
    }

    @Test("What cannot be done is refused, one by one")
    func refused() throws {
        var stage = stage()
        #expect(try alter(&stage, request([1], of: "missing")) == .unknownTopicOrPartition)
        #expect(try alter(&stage, request([1], 9)) == .unknownTopicOrPartition)
        #expect(try alter(&stage, request([])) == .invalidReplicaAssignment)
        #expect(try alter(&stage, request([1, 1])) == .invalidReplicaAssignment)
        #expect(try alter(&stage, request([1, 9])) == .invalidReplicaAssignment)
        var strict = request([1])
        strict.allowReplicationFactorChange = false
        #expect(try alter(&stage, strict) == .invalidReplicationFactor)
        #expect(stage.state.topics["orders"]?.partitions[0].replicas == [1, 2])
    }
}
