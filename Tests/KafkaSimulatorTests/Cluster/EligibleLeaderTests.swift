import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// KIP-966 as Kafka 4.1's controller keeps it: with the in-sync set below `min.insync.replicas`, who left it stays eligible.
@Suite("Eligible leader replicas")
struct EligibleLeaderTests {
    private static let topic: ByteString = "orders"

    private static func stage(minimum: ByteString = "2", features: [String: Int16] = [:]) -> BrokerStage {
        var configuration = SimulatorConfiguration()
        configuration.features = features
        var stage = BrokerStage(configuration)
        _ = stage.state.add(topic, replicas: [[1, 2, 3]], configs: ["min.insync.replicas": minimum], stage.context(.createTopics, 7))
        return stage
    }

    /// In-sync, eligible, last known, leader, as DescribeTopicPartitions tells them.
    private static func sets(_ stage: inout BrokerStage) throws -> [[Int32]] {
        var request = DescribeTopicPartitionsRequest()
        request.topics = [.init()]
        request.topics[0].name = topic
        request.responsePartitionLimit = 10
        let answer = try stage.call(DescribeTopicPartitionsHandler.self, request)
        let row = try #require(answer.topics.first?.partitions.first)
        return [row.isrNodes, row.eligibleLeaderReplicas ?? [-1], row.lastKnownElr ?? [-1], [row.leaderId]]
    }

    @Test("Sets shrink and grow as brokers die and return, and only who holds every record may lead")
    func setsFollowBrokers() throws {
        var stage = Self.stage()
        #expect(try Self.sets(&stage) == [[1, 2, 3], [], [], [1]])
        stage.state.setAlive(false, broker: 1)
        #expect(try Self.sets(&stage) == [[2, 3], [], [], [2]], "still two in sync, so nobody is remembered")
        stage.state.setAlive(false, broker: 2)
        #expect(try Self.sets(&stage) == [[3], [2], [], [3]])
        stage.state.setAlive(false, broker: 3)
        #expect(try Self.sets(&stage) == [[], [2, 3], [3], [-1]])
        stage.state.setAlive(true, broker: 1)
        #expect(try Self.sets(&stage) == [[], [2, 3], [3], [-1]], "broker 1 may lack records, and does not lead")
        stage.state.setAlive(true, broker: 2)
        #expect(try Self.sets(&stage) == [[1, 2], [], [], [2]])
        stage.state.setAlive(true, broker: 3)
        #expect(try Self.sets(&stage) == [[1, 2, 3], [], [], [2]])
    }

    @Test("With one replica in sync enough, the last one to die is eligible, and leads when it is back")
    func oneIsEnough() throws {
        var stage = Self.stage(minimum: "1")
        for broker in [Int32(1), 2, 3] { stage.state.setAlive(false, broker: broker) }
        stage.state.setAlive(true, broker: 1)
        #expect(try Self.sets(&stage) == [[], [3], [3], [-1]])
        stage.state.setAlive(true, broker: 3)
        #expect(try Self.sets(&stage) == [[1, 3], [], [], [3]])
    }

    @Test("An unclean election makes one lead that may lack records, and forgets who was eligible")
    func uncleanElection() throws {
        var stage = Self.stage(minimum: "1")
        for broker in [Int32(1), 2, 3] { stage.state.setAlive(false, broker: broker) }
        stage.state.setAlive(true, broker: 2)
        var request = ElectLeadersRequest()
        request.topicPartitions = [.init()]
        request.topicPartitions?[0].topic = Self.topic
        request.topicPartitions?[0].partitions = [0]
        let clean = try stage.call(ElectLeadersHandler.self, request, on: 2)
        #expect(clean.replicaElectionResults[0].partitionResult[0].errorCode == .preferredLeaderNotAvailable)
        request.electionType = 1
        let unclean = try stage.call(ElectLeadersHandler.self, request, on: 2)
        #expect(unclean.replicaElectionResults[0].partitionResult[0].errorCode == .none)
        #expect(try Self.sets(&stage) == [[2], [], [], [2]])
    }

    @Test("With fewer in sync than min.insync.replicas the high watermark stays, for acks 1 too, until enough are back; not before 3.7")
    func watermark() throws {
        for (release, whileFew) in [(KafkaRelease.v4_1, Int64(1)), (.v3_9, 1), (.v3_3, 2)] {
            var configuration = SimulatorConfiguration()
            configuration.release = release
            var stage = BrokerStage(configuration)
            _ = stage.state.add("t", replicas: [[1, 2, 3]], configs: ["min.insync.replicas": "2"], stage.context(.createTopics, 7))
            stage.fill("t", timestamps: [1])
            #expect(stage.state.topics["t"]?.partitions[0].log.highWatermark == 1)
            for broker in [Int32(2), 3] { stage.state.setAlive(false, broker: broker) }
            stage.fill("t", timestamps: [2])
            #expect(stage.state.topics["t"]?.partitions[0].log.highWatermark == whileFew, "\(release)")
            #expect(stage.state.topics["t"]?.partitions[0].log.endOffset == 2)
            stage.state.setAlive(true, broker: 3)
            #expect(stage.state.topics["t"]?.partitions[0].log.highWatermark == 2)
        }
        var stage = BrokerStage()
        _ = stage.state.add("t", replicas: [[1, 2, 3]], configs: ["min.insync.replicas": "2"], stage.context(.createTopics, 7))
        for broker in [Int32(2), 3] { stage.state.setAlive(false, broker: broker) }
        stage.fill("t", timestamps: [1])
        #expect(try ConfigTests.alter(2, "t", [("min.insync.replicas", 0, "1")], &stage).code == .none)
        #expect(stage.state.topics["t"]?.partitions[0].log.highWatermark == 1, "a lower minimum lets it go on")
    }

    @Test("With the feature off the sets stay empty, and the last replica stays in sync though it is dead")
    func switchedOff() throws {
        var stage = Self.stage(features: ["eligible.leader.replicas.version": 0])
        for broker in [Int32(1), 2, 3] { stage.state.setAlive(false, broker: broker) }
        stage.state.setAlive(true, broker: 1)
        #expect(try Self.sets(&stage) == [[3], [], [], [-1]])
        stage.state.setAlive(true, broker: 3)
        #expect(try Self.sets(&stage) == [[1, 3], [], [], [3]])
    }

    @Test("A lower min.insync.replicas, of the topic or of the cluster, ends the need to remember anybody")
    func minimumChanges() throws {
        for resource: (type: Int8, name: ByteString) in [(2, Self.topic), (4, "")] {
            var stage = Self.stage()
            if resource.type == 4 {
                stage.state.topics[Self.topic]?.configs = [:]
                #expect(try ConfigTests.alter(4, "", [("min.insync.replicas", 0, "2")], &stage).code == .none)
            }
            stage.state.setAlive(false, broker: 1)
            stage.state.setAlive(false, broker: 2)
            #expect(try Self.sets(&stage)[1] == [2])
            let broker = try #require(stage.state.livingBrokers.first).id
            var request = IncrementalAlterConfigsRequest()
            request.resources = [.init()]
            request.resources[0].resourceType = resource.type
            request.resources[0].resourceName = resource.name
            request.resources[0].configs = [.init()]
            request.resources[0].configs[0].name = "min.insync.replicas"
            request.resources[0].configs[0].value = "1"
            #expect(try stage.call(IncrementalAlterConfigsHandler.self, request, on: broker).responses[0].errorCode == .none)
            #expect(try Self.sets(&stage) == [[3], [], [], [3]])
        }
    }

    @Test("Switching the feature on writes min.insync.replicas down for the cluster, and takes it from single brokers")
    func switchedOn() throws {
        var stage = Self.stage(features: ["eligible.leader.replicas.version": 0])
        #expect(stage.state.configs.clusterDefault["min.insync.replicas"] == nil)
        stage.state.configs.brokers[1] = ["min.insync.replicas": "3"]
        var request = UpdateFeaturesRequest()
        request.featureUpdates = [.init()]
        request.featureUpdates[0].feature = "eligible.leader.replicas.version"
        request.featureUpdates[0].maxVersionLevel = 1
        request.featureUpdates[0].upgradeType = 1
        #expect(try stage.call(UpdateFeaturesHandler.self, request).errorCode == .none)
        #expect(stage.state.configs.clusterDefault["min.insync.replicas"] == "1")
        #expect(stage.state.configs.brokers[1]?["min.insync.replicas"] == nil)
        #expect(try ConfigTests.alter(4, "", [("min.insync.replicas", 1, nil)], &stage).code == .invalidConfig)
        #expect(try ConfigTests.alter(4, "1", [("min.insync.replicas", 0, "2")], &stage).code == .invalidConfig)
    }
}
