import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// Calls about records.
extension ReplayScene {
    static let produce = ReplayScene(name: "Produce: batches plain and compressed get the recorded offsets; a wrong checksum is refused") {
        judge in
        for (recording, request, recorded) in try Replay.exchanges(ProduceRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            let row = try #require(recorded.responses.first?.partitionResponses.first)
            let name = request.topicData[0].name.isEmpty ? "produce-target" : request.topicData[0].name
            stage.plant(name, id: request.topicData[0].topicId == .zero ? nil : request.topicData[0].topicId)
            if row.baseOffset > 0 { stage.fill(name, timestamps: Array(repeating: 5, count: Int(row.baseOffset))) }
            try judge.replay(recording, on: &stage)
        }
    }

    static let fetch = ReplayScene(name: "Fetch: what the recorded broker stored comes back byte for byte") { judge in
        for (recording, request, recorded) in try Replay.exchanges(FetchRequest.self) where !recording.note.contains("read committed") {
            var stage = BrokerStage(Replay.configuration)
            let asked = request.topics[0]
            let name: ByteString = asked.topic.isEmpty ? "by-id" : asked.topic
            stage.plant(name, partitions: 3, id: asked.topicId == .zero ? nil : asked.topicId)
            for (index, data) in recorded.responses[0].partitions.enumerated() {
                for batch in try RecordBatch.batches(in: data.records?.bytes ?? []) {
                    _ = stage.state.topics[name]?.partitions[Int(asked.partitions[index].partition)].append(batch)
                }
            }
            try judge.replay(recording, on: &stage)
        }
    }

    static let listOffsets = ReplayScene(
        name: "ListOffsets: the end, the start, by timestamp, the greatest timestamp, unknown topics, one partition twice"
    ) { judge in
        for (recording, _, _) in try Replay.exchanges(ListOffsetsRequest.self) where !recording.note.contains("read committed") {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("orders", partitions: 3)
            for partition in 0..<3 { stage.fill("orders", partition, timestamps: (0..<40).map { 1_700_000_000_000 + $0 * 1000 }) }
            try judge.replay(recording, on: &stage)
        }
    }

    static let offsetForLeaderEpoch = ReplayScene(name: "OffsetForLeaderEpoch: the end of epoch 0, an unknown partition") { judge in
        for (recording, _, _) in try Replay.exchanges(OffsetForLeaderEpochRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("orders", partitions: 3)
            stage.fill("orders", timestamps: Array(repeating: 1, count: 40))
            try judge.replay(recording, on: &stage)
        }
    }

    static let deleteRecords = ReplayScene(name: "DeleteRecords: the log start moves; an unknown partition") { judge in
        for (recording, _, _) in try Replay.exchanges(DeleteRecordsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("codec-none")
            stage.fill("codec-none", timestamps: Array(repeating: 1, count: 25))
            try judge.replay(recording, on: &stage)
        }
    }
}
