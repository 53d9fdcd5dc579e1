import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Limits and oddities that surprise a restore")
struct LimitTests {
    static func creation(_ count: Int, partitions: Int32, configs: Int = 0) -> CreateTopicsRequest {
        var request = CreateTopicsRequest()
        request.topics = (0..<count).map { index in
            var topic = CreateTopicsRequest.CreatableTopic()
            topic.name = ByteString("many-\(index)")
            topic.numPartitions = partitions
            topic.replicationFactor = 1
            let names: [ByteString] = ["retention.ms", "segment.ms", "flush.ms"]
            topic.configs = names.prefix(configs).map { name in
                var config = CreateTopicsRequest.CreatableTopic.CreatableTopicConfig()
                config.name = name
                config.value = "1000"
                return config
            }
            return topic
        }
        return request
    }

    @Test(
        "At most 10,000 partitions and 10,000 records in a CreateTopics, else error 44 for all of it",
        arguments: [(1001, 10, 0, 44), (1000, 9, 3, 44), (1000, 9, 0, 0), (1000, 5, 3, 0)])
    func createTopics(count: Int, partitions: Int32, configs: Int, code: Int16) throws {
        var stage = BrokerStage()
        let answer = try stage.call(CreateTopicsHandler.self, Self.creation(count, partitions: partitions, configs: configs))
        #expect(answer.topics.count == count)
        #expect(answer.topics.allSatisfy { $0.errorCode.rawValue == code })
        #expect(stage.state.topics.count == (code == 0 ? count : 0))
    }

    @Test("More than 10,000 new partitions in a CreatePartitions are error -1", arguments: [(10_000, 0), (10_001, -1)])
    func createPartitions(added: Int32, code: Int16) throws {
        var stage = BrokerStage()
        stage.plant("orders")
        var topic = CreatePartitionsRequest.CreatePartitionsTopic()
        topic.name = "orders"
        topic.count = 1 + added
        var request = CreatePartitionsRequest()
        request.topics = [topic]
        let answer = try stage.call(CreatePartitionsHandler.self, request)
        #expect(answer.results[0].errorCode.rawValue == code)
    }

    @Test("A topic is seen only after the configured delay, and is there all the same")
    func visibleLater() throws {
        var configuration = SimulatorConfiguration()
        configuration.topicVisibilityDelay = .seconds(5)
        var stage = BrokerStage(configuration)
        _ = try stage.call(CreateTopicsHandler.self, Self.creation(1, partitions: 1))
        #expect(try stage.call(MetadataHandler.self, .all).topics.isEmpty)
        let again = try stage.call(CreateTopicsHandler.self, Self.creation(1, partitions: 1))
        #expect(again.topics[0].errorCode == .topicAlreadyExists)
        stage.uptime += .seconds(5)
        #expect(try stage.call(MetadataHandler.self, .all).topics.count == 1)
    }

    @Test("Names that differ in dots and underscores alone collide, and may be had again once the other is gone")
    func collisions() throws {
        var stage = BrokerStage()
        stage.plant("a.b_c")
        var request = Self.creation(1, partitions: 1)
        request.topics[0].name = "a_b.c"
        let refused = try stage.call(CreateTopicsHandler.self, request)
        #expect(refused.topics[0].errorCode == .invalidTopic)
        #expect(refused.topics[0].errorMessage == "Topic 'a_b.c' collides with existing topic: a.b_c")
        stage.state.remove(topic: "a.b_c")
        let made = try stage.call(CreateTopicsHandler.self, request)
        #expect(made.topics[0].errorCode == .none)
    }

    @Test("Replicas and leaders are spread evenly, and every replica is in sync")
    func placement() throws {
        var stage = BrokerStage()
        stage.plant("orders", partitions: 6, factor: 2)
        let partitions = try #require(stage.state.topics["orders"]).partitions
        for id in [Int32(1), 2, 3] {
            #expect(partitions.count { $0.leader == id } == 2)
            #expect(partitions.count { $0.replicas.contains(id) } == 4)
        }
        #expect(partitions.allSatisfy { $0.inSync == $0.replicas && Set($0.replicas).count == 2 })
    }

    @Test("Without eligible leader replicas the last in-sync replica stays in the set when it dies, and the partition has no leader")
    func lastReplica() throws {
        var configuration = SimulatorConfiguration()
        configuration.features = ["eligible.leader.replicas.version": 0]
        var stage = BrokerStage(configuration)
        stage.plant("orders", partitions: 1, factor: 1)
        let leader = try #require(stage.state.topics["orders"]).partitions[0].leader
        stage.state.setAlive(false, broker: leader)
        #expect(stage.state.topics["orders"]?.partitions[0].leader == -1)
        #expect(stage.state.topics["orders"]?.partitions[0].inSync == [leader])
        let other = try #require(stage.state.livingBrokers.first).id
        let metadata = try stage.call(MetadataHandler.self, .all, on: other)
        #expect(metadata.topics[0].partitions[0].errorCode == .leaderNotAvailable)
        #expect(metadata.topics[0].partitions[0].offlineReplicas == [leader])
        stage.state.setAlive(true, broker: leader)
        #expect(stage.state.topics["orders"]?.partitions[0].leader == leader)
        #expect(stage.state.topics["orders"]?.partitions[0].leaderEpoch == 2)
    }

    @Test("Idempotent producers: a batch sent twice is stored once, a gap is error 45, an older epoch 47")
    func sequences() throws {
        var sequences = ProducerSequences()
        func batch(_ sequence: Int32, epoch: Int16 = 0) throws -> RecordBatch {
            var bytes = RecordBatch([Record(timestamp: 1, key: nil, value: nil)]).bytes
            withUnsafeBytes(of: Int64(7).bigEndian) { bytes.replaceSubrange(43..<51, with: $0) }
            withUnsafeBytes(of: epoch.bigEndian) { bytes.replaceSubrange(51..<53, with: $0) }
            withUnsafeBytes(of: sequence.bigEndian) { bytes.replaceSubrange(53..<57, with: $0) }
            return try RecordBatch(from: bytes[...], verifying: false)
        }
        #expect(sequences.verdict(on: try batch(0)) == .append)
        sequences.appended(try batch(0), at: 40)
        #expect(sequences.verdict(on: try batch(0)) == .duplicate(offset: 40))
        #expect(sequences.verdict(on: try batch(1)) == .append)
        #expect(sequences.verdict(on: try batch(3)) == .refuse(.outOfOrderSequenceNumber))
        #expect(sequences.verdict(on: try batch(0, epoch: 1)) == .append)
        sequences.appended(try batch(0, epoch: 1), at: 41)
        #expect(sequences.verdict(on: try batch(1)) == .refuse(.invalidProducerEpoch))
    }

    @Test("Too few in-sync replicas refuse acks -1; a batch beyond max.message.bytes, an internal topic, a keyless record")
    func produceRefusals() throws {
        var stage = BrokerStage()
        let now = stage.clock.milliseconds
        stage.plant("strict", factor: 2, configs: ["min.insync.replicas": "2"])
        stage.plant("small", configs: ["max.message.bytes": "10"])
        stage.plant("compacted", configs: ["cleanup.policy": "compact"])
        stage.plant(Topic.offsetsName)
        func code(_ topic: ByteString, acks: Int16 = -1) throws -> ErrorCode {
            var request = SocketTests.produce(topic, [Record(timestamp: now, key: nil, value: [1])])
            request.acks = acks
            let leader = try #require(stage.state.topics[topic]).partitions[0].leader
            return try stage.call(ProduceHandler.self, request, version: 9, on: leader).responses[0].partitionResponses[0].errorCode
        }
        #expect(try code("strict") == .none)
        let other = try #require(stage.state.topics["strict"]).partitions[0].replicas[1]
        stage.state.setAlive(false, broker: other)
        #expect(try code("strict") == .notEnoughReplicas)
        #expect(try code("strict", acks: 1) == .none)
        #expect(try code("strict", acks: 2) == .invalidRequiredAcks)
        #expect(try code("small") == .messageTooLarge)
        #expect(try code("compacted") == .invalidRecord)
        #expect(try code(Topic.offsetsName) == .invalidTopic)
    }
}
