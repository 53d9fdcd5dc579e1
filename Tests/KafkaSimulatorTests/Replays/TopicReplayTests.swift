import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Calls about topics answer as the recorded broker did")
struct TopicReplayTests {
    @Test("CreateTopics: two made, three refused; the same again: already there", arguments: 2...7)
    func createTopics(version: Int16) throws {
        let exchanges = try Replay.exchanges(CreateTopicsRequest.self) { $0.version == version && $0.note.contains("orders-v") == false }
            .filter { $0.recording.note.contains("two made") || $0.recording.note.contains("the same again") }
        #expect(exchanges.count == 2)
        var stage = BrokerStage(Replay.configuration)
        stage.state.configs.clusterDefault["min.insync.replicas"] = "1"
        for (recording, request, recorded) in exchanges {
            for topic in recorded.topics where topic.topicId != .zero { stage.chance.plant(topic.topicId.bytes) }
            let made = try stage.call(CreateTopicsHandler.self, request, version: version)
            let answer = try Replay.carried(made, CreateTopicsRequest.self, version: version)
            // Before version 7 the recorded broker drew ids that the answer does not show.
            #expect(answer == recorded, "\(recording)")
        }
    }

    @Test("CreateTopics: many at once, one of them with a name that may not be")
    func createMany() throws {
        let exchanges = try Replay.exchanges(CreateTopicsRequest.self) { $0.note.contains("used below") }
        #expect(exchanges.count == 2)
        for (recording, request, recorded) in exchanges {
            var stage = BrokerStage(Replay.configuration)
            stage.state.configs.clusterDefault["min.insync.replicas"] = "1"
            for topic in recorded.topics where topic.topicId != .zero { stage.chance.plant(topic.topicId.bytes) }
            let answer = try stage.call(CreateTopicsHandler.self, request, version: recording.version)
            #expect(answer == recorded, "\(recording)")
        }
    }

    @Test("CreateTopics: more than 10,000 partitions are refused for every topic")
    func tooManyPartitions() throws {
        let exchange = try #require(
            try Replay.exchanges(CreateTopicsRequest.self) { $0.note.contains("10,000") }.first)
        var stage = BrokerStage(Replay.configuration)
        let answer = try stage.call(CreateTopicsHandler.self, exchange.request, version: exchange.recording.version)
        #expect(answer == exchange.response)
        #expect(stage.state.topics.isEmpty)
    }

    @Test("CreatePartitions: grown, missing, not an increase")
    func createPartitions() throws {
        for (recording, request, recorded) in try Replay.exchanges(CreatePartitionsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            for version in 2...7 { stage.plant(ByteString("orders-v\(version)"), partitions: 3) }
            stage.plant("orders", partitions: 3)
            let answer = try stage.call(CreatePartitionsHandler.self, request, version: recording.version)
            #expect(answer == recorded, "\(recording)")
            if recording.note.contains("grow") {
                #expect(stage.state.topics[request.topics[0].name]?.partitions.count == Int(request.topics[0].count))
            }
        }
    }

    @Test("DeleteTopics: one that is there, one that is not")
    func deleteTopics() throws {
        for (recording, request, recorded) in try Replay.exchanges(DeleteTopicsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            for topic in recorded.responses where !topic.errorCode.isError {
                stage.plant(try #require(topic.name), id: topic.topicId == .zero ? nil : topic.topicId)
            }
            let made = try stage.call(DeleteTopicsHandler.self, request, version: recording.version)
            let answer = try Replay.carried(made, DeleteTopicsRequest.self, version: recording.version)
            // The broker lists them in the order of a hash table.
            #expect(
                answer.responses.sorted { ($0.name ?? "") < ($1.name ?? "") }
                    == recorded.responses.sorted { ($0.name ?? "") < ($1.name ?? "") }, "\(recording)")
            #expect(stage.state.topics.isEmpty)
        }
    }

    @Test("Metadata of every topic, of named ones and of ids")
    func metadata() throws {
        let exchanges = try Replay.exchanges(MetadataRequest.self)
        #expect(exchanges.count > 25)
        for (recording, request, recorded) in exchanges {
            var stage = BrokerStage(Replay.configuration)
            for topic in recorded.topics where !topic.errorCode.isError {
                stage.plant(try #require(topic.name), partitions: topic.partitions.count, id: topic.topicId == .zero ? nil : topic.topicId)
            }
            let made = try stage.call(MetadataHandler.self, request, version: recording.version)
            var answer = try Replay.carried(made, MetadataRequest.self, version: recording.version)
            var expected = recorded
            for index in expected.topics.indices { expected.topics[index].partitions.sort { $0.partitionIndex < $1.partitionIndex } }
            answer.topics.sort { $0.topicId < $1.topicId || $0.topicId == $1.topicId && ($0.name ?? "") < ($1.name ?? "") }
            expected.topics.sort { $0.topicId < $1.topicId || $0.topicId == $1.topicId && ($0.name ?? "") < ($1.name ?? "") }
            #expect(answer == expected, "\(recording)")
        }
    }

    @Test("DescribeTopicPartitions: a page, its cursor, the rest")
    func describeTopicPartitions() throws {
        var stage = BrokerStage(Replay.configuration)
        stage.plant("orders", partitions: 3, id: KafkaUUID(hex: "4b6a8cf7ad5e413f9ab47fd79b31cfa6"))
        let exchanges = try Replay.exchanges(DescribeTopicPartitionsRequest.self)
        #expect(exchanges.count == 2)
        for (recording, request, recorded) in exchanges {
            let answer = try stage.call(DescribeTopicPartitionsHandler.self, request, version: 0)
            #expect(answer == recorded, "\(recording)")
        }
    }
}
