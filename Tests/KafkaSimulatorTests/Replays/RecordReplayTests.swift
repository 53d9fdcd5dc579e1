import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Calls about records answer as the recorded broker did")
struct RecordReplayTests {
    @Test("Produce: batches plain and compressed get the recorded offsets; a wrong checksum is refused")
    func produce() throws {
        let exchanges = try Replay.exchanges(ProduceRequest.self)
        #expect(exchanges.count > 10)
        for (recording, request, recorded) in exchanges {
            var stage = BrokerStage(Replay.configuration)
            let row = try #require(recorded.responses.first?.partitionResponses.first)
            let name = request.topicData[0].name.isEmpty ? "produce-target" : request.topicData[0].name
            stage.plant(name, id: request.topicData[0].topicId == .zero ? nil : request.topicData[0].topicId)
            if row.baseOffset > 0 { stage.fill(name, timestamps: Array(repeating: 5, count: Int(row.baseOffset))) }
            let made = try stage.call(ProduceHandler.self, request, version: recording.version)
            #expect(try Replay.carried(made, ProduceRequest.self, version: recording.version) == recorded, "\(recording)")
        }
    }

    @Test("Fetch: what the recorded broker stored comes back byte for byte")
    func fetch() throws {
        let exchanges = try Replay.exchanges(FetchRequest.self) { !$0.note.contains("read committed") }
        #expect(exchanges.count > 15)
        for (recording, request, recorded) in exchanges {
            var stage = BrokerStage(Replay.configuration)
            let asked = request.topics[0]
            let name: ByteString = asked.topic.isEmpty ? "by-id" : asked.topic
            stage.plant(name, partitions: 3, id: asked.topicId == .zero ? nil : asked.topicId)
            for (index, data) in (recorded.responses.first?.partitions ?? []).enumerated() {
                for batch in try RecordBatch.batches(in: data.records?.bytes ?? []) {
                    _ = stage.state.topics[name]?.partitions[Int(asked.partitions[index].partition)].append(batch)
                }
            }
            let made = try stage.call(FetchHandler.self, request, version: recording.version)
            let answer = try Replay.carried(made, FetchRequest.self, version: recording.version)
            for (mine, theirs) in zip(answer.responses[0].partitions, recorded.responses[0].partitions) {
                #expect(mine.errorCode == theirs.errorCode, "\(recording)")
                #expect(mine.records == theirs.records, "\(recording)")
                #expect(mine.abortedTransactions == theirs.abortedTransactions)
                #expect(mine.logStartOffset == theirs.logStartOffset)
            }
        }
    }

    @Test("ListOffsets: the end, the start, by timestamp, the greatest timestamp, unknown topics, one partition twice")
    func listOffsets() throws {
        let exchanges = try Replay.exchanges(ListOffsetsRequest.self) { !$0.note.contains("read committed") }
        #expect(exchanges.count > 10)
        for (recording, request, recorded) in exchanges {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("orders", partitions: 3)
            for partition in 0..<3 { stage.fill("orders", partition, timestamps: (0..<40).map { 1_700_000_000_000 + $0 * 1000 }) }
            let made = try stage.call(ListOffsetsHandler.self, request, version: recording.version)
            let answer = try Replay.carried(made, ListOffsetsRequest.self, version: recording.version)
            #expect(answer.topics.sorted { $0.name < $1.name } == recorded.topics.sorted { $0.name < $1.name }, "\(recording)")
        }
    }

    @Test("OffsetForLeaderEpoch: the end of epoch 0, an unknown partition")
    func offsetForLeaderEpoch() throws {
        for (recording, request, recorded) in try Replay.exchanges(OffsetForLeaderEpochRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("orders", partitions: 3)
            stage.fill("orders", timestamps: Array(repeating: 1, count: 40))
            let answer = try stage.call(OffsetForLeaderEpochHandler.self, request, version: recording.version)
            #expect(answer == recorded, "\(recording)")
        }
    }

    @Test("DeleteRecords: the log start moves; an unknown partition")
    func deleteRecords() throws {
        for (recording, request, recorded) in try Replay.exchanges(DeleteRecordsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("codec-none")
            stage.fill("codec-none", timestamps: Array(repeating: 1, count: 25))
            let answer = try stage.call(DeleteRecordsHandler.self, request, version: recording.version)
            #expect(
                answer.topics[0].partitions.sorted { $0.partitionIndex < $1.partitionIndex }
                    == recorded.topics[0].partitions.sorted { $0.partitionIndex < $1.partitionIndex }, "\(recording)")
        }
    }
}
