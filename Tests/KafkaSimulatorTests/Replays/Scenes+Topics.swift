import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// Calls about topics.
extension ReplayScene {
    /// Two made, three refused, and the same again; many at once, one of them with a name that may not be; more than 10,000 partitions.
    static let createTopics = ReplayScene(name: "CreateTopics: made, refused, already there, too many") { judge in
        var made: [Int16: BrokerStage] = [:]
        for (recording, _, recorded) in try Replay.exchanges(CreateTopicsRequest.self) {
            let isAgain = recording.note.contains("the same again")
            var stage = isAgain ? try #require(made[recording.version]) : newTopics
            for topic in recorded.topics where topic.topicId != .zero { stage.chance.plant(topic.topicId.bytes) }
            try judge.replay(recording, on: &stage)
            if recording.note.contains("two made") { made[recording.version] = stage }
            if recording.note.contains("10,000") { #expect(stage.state.topics.isEmpty) }
        }
    }

    private static var newTopics: BrokerStage {
        var stage = BrokerStage(Replay.configuration)
        stage.state.configs.clusterDefault["min.insync.replicas"] = "1"
        return stage
    }

    static let createPartitions = ReplayScene(name: "CreatePartitions: grown, missing, not an increase") { judge in
        for (recording, request, _) in try Replay.exchanges(CreatePartitionsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            for version in 2...7 { stage.plant(ByteString("orders-v\(version)"), partitions: 3) }
            stage.plant("orders", partitions: 3)
            try judge.replay(recording, on: &stage)
            if recording.note.contains("grow") {
                #expect(stage.state.topics[request.topics[0].name]?.partitions.count == Int(request.topics[0].count))
            }
        }
    }

    static let deleteTopics = ReplayScene(name: "DeleteTopics: one that is there, one that is not") { judge in
        for (recording, _, recorded) in try Replay.exchanges(DeleteTopicsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            for topic in recorded.responses where !topic.errorCode.isError {
                stage.plant(try #require(topic.name), id: topic.topicId == .zero ? nil : topic.topicId)
            }
            try judge.replay(recording, on: &stage)
            #expect(stage.state.topics.isEmpty)
        }
    }

    static let metadata = ReplayScene(name: "Metadata of every topic, of named ones and of ids") { judge in
        for (recording, _, recorded) in try Replay.exchanges(MetadataRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            for topic in recorded.topics where !topic.errorCode.isError {
                stage.plant(
                    try #require(topic.name), partitions: topic.partitions.count, id: topic.topicId == .zero ? nil : topic.topicId)
            }
            try judge.replay(recording, on: &stage)
        }
    }

    static let describeTopicPartitions = ReplayScene(name: "DescribeTopicPartitions: a page, its cursor, the rest") { judge in
        var stage = BrokerStage(Replay.configuration)
        stage.plant("orders", partitions: 3, id: KafkaUUID(hex: "4b6a8cf7ad5e413f9ab47fd79b31cfa6"))
        for (recording, _, _) in try Replay.exchanges(DescribeTopicPartitionsRequest.self) { try judge.replay(recording, on: &stage) }
    }

    static let reassignments = ReplayScene(name: "Reassignments: in place, to an unknown broker, a cancel of nothing, none under way") {
        judge in
        for (recording, _, _) in try Replay.exchanges(AlterPartitionReassignmentsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("orders", partitions: 3)
            try judge.replay(recording, on: &stage)
        }
        var stage = BrokerStage(Replay.configuration)
        for (recording, _, _) in try Replay.exchanges(ListPartitionReassignmentsRequest.self) { try judge.replay(recording, on: &stage) }
    }
}
