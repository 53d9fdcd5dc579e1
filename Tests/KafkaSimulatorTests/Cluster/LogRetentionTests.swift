import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// Records that go by themselves: `retention.ms`, `retention.bytes`, and what is left of positions and fetches.
@Suite("Log retention")
struct LogRetentionTests {
    private static let day: Int64 = 86_400_000

    private static func log(_ stage: BrokerStage, _ topic: ByteString = "orders") throws -> PartitionLog {
        try #require(stage.state.topics[topic]).partitions[0].log
    }

    @Test("A topic whose records bear old timestamps is emptied by the first clean-up, half a minute after the start")
    func oldTimestamps() throws {
        var stage = BrokerStage()
        stage.plant("orders")
        stage.plant("forever", configs: ["retention.ms": "-1"])
        stage.plant("compacted", configs: ["cleanup.policy": "compact"])
        stage.plant("both", configs: ["cleanup.policy": "compact,delete"])
        let old = stage.clock.milliseconds - 8 * Self.day
        for topic: ByteString in ["orders", "forever", "compacted", "both"] { stage.fill(topic, timestamps: [old, old, old]) }
        stage.state.tick(now: stage.clock, uptime: .seconds(100))
        stage.state.tick(now: stage.clock, uptime: .seconds(129))
        #expect(try Self.log(stage).startOffset == 0, "it is not time yet")
        stage.state.tick(now: stage.clock, uptime: .seconds(130))
        for topic: ByteString in ["orders", "both"] {
            let log = try Self.log(stage, topic)
            #expect(log.startOffset == 3 && log.endOffset == 3 && log.size == 0 && log.batches.isEmpty, "\(topic)")
        }
        for topic: ByteString in ["forever", "compacted"] { #expect(try Self.log(stage, topic).startOffset == 0, "\(topic)") }
    }

    @Test("The next look is log.retention.check.interval.ms later")
    func interval() throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerProperties = ["log.retention.check.interval.ms": "60000", "log.initial.task.delay.ms": "1000"]
        var stage = BrokerStage(configuration)
        stage.plant("orders", configs: ["retention.ms": "1000"])
        stage.state.tick(now: stage.clock, uptime: .seconds(100))
        stage.state.tick(now: stage.clock, uptime: .seconds(101))
        stage.fill("orders", timestamps: [stage.clock.milliseconds - 1001])
        stage.state.tick(now: stage.clock, uptime: .seconds(160))
        #expect(try Self.log(stage).startOffset == 0)
        stage.state.tick(now: stage.clock, uptime: .seconds(161))
        #expect(try Self.log(stage).startOffset == 1)
    }

    @Test("Whole files go, by the newest record in each; a young one holds what lies behind it")
    func files() throws {
        var stage = BrokerStage()
        let now = stage.clock.milliseconds
        stage.plant("orders", configs: ["retention.ms": "1000", "segment.ms": "100000"])
        // One file: as young as its newest record.
        stage.fill("orders", timestamps: [now - 5000, now - 4000])
        stage.fill("orders", timestamps: [now - 500])
        stage.state.cleanUpLogs(now: stage.clock)
        #expect(try Self.log(stage).startOffset == 0)
        stage.state.topics["orders"]?.configs["segment.ms"] = "100"
        stage.state.cleanUpLogs(now: stage.clock)
        #expect(try Self.log(stage).startOffset == 2, "each batch is a file of its own now")
        #expect(try Self.log(stage).endOffset == 3)
    }

    @Test("retention.bytes: the oldest files go for as long as the rest is enough without them")
    func bytes() throws {
        var stage = BrokerStage()
        let now = stage.clock.milliseconds
        stage.plant("orders", configs: ["segment.bytes": "1", "retention.bytes": "0"])
        for _ in 0..<4 { stage.fill("orders", timestamps: [now]) }
        let size = try Self.log(stage).size / 4
        stage.state.topics["orders"]?.configs["retention.bytes"] = ByteString("\(size * 2 + 1)")
        stage.state.cleanUpLogs(now: stage.clock)
        #expect(try Self.log(stage).startOffset == 1, "with two it would be too little")
        stage.state.topics["orders"]?.configs["retention.bytes"] = ByteString("\(size * 2)")
        stage.state.cleanUpLogs(now: stage.clock)
        #expect(try Self.log(stage).startOffset == 2)
    }

    @Test("A position stays where it was, below the log's start; a fetch from there is error 1, one that waits is told so")
    func positionsAndFetches() throws {
        var stage = BrokerStage()
        stage.plant("orders")
        let leader = try #require(stage.state.topics["orders"]).partitions[0].leader
        stage.fill("orders", timestamps: [1, 2, 3])
        var waiting = SocketTests.fetch("orders", from: 3, wait: 10_000)
        let context = stage.context(.fetch, 12, on: leader)
        guard case .later = FetchHandler.answer(waiting, context, &stage.state) else {
            Issue.record("it does not wait")
            return
        }
        stage.state.cleanUpLogs(now: stage.clock)
        #expect(stage.state.takeCompletions().isEmpty, "the end is still the end")
        waiting.topics[0].partitions[0].fetchOffset = 1
        let late = try stage.call(FetchHandler.self, waiting, version: 12, on: leader)
        #expect(late.responses[0].partitions[0].errorCode == .offsetOutOfRange)
        var records = DeleteRecordsRequest()
        records.topics = [.init()]
        records.topics[0].name = "orders"
        records.topics[0].partitions = [.init()]
        records.topics[0].partitions[0].offset = 1
        let deleted = try stage.call(DeleteRecordsHandler.self, records, on: leader)
        #expect(deleted.topics[0].partitions[0].lowWatermark == 3, "the start never goes back")
    }

    @Test("A transaction whose records are gone holds back nothing below the log's start")
    func openTransactions() throws {
        var partition = Partition(index: 0, replicas: [1]) { _ in true }
        var bytes = RecordBatch([Record(timestamp: 1, key: nil, value: nil)]).bytes
        withUnsafeBytes(of: Int64(7).bigEndian) { bytes.replaceSubrange(43..<51, with: $0) }
        // The bit that says transactional.
        bytes[22] |= 0x10
        _ = partition.append(try RecordBatch(from: bytes[...], verifying: false))
        _ = partition.append(RecordBatch([Record(timestamp: 1, key: nil, value: nil)]))
        #expect(partition.lastStableOffset == 0)
        _ = partition.deleteRecords(before: 1)
        #expect(partition.lastStableOffset == 1)
    }
}
