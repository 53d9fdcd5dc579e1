import Bytes
import KafkaClient
import KafkaProtocol
import Testing

@testable import Resources

@Suite struct LogEndsTests {
    private let one = KafkaUUID(high: 1)
    private let two = KafkaUUID(high: 2)

    private func ends(
        _ rows: [String: [Int64]], _ ids: [ByteString: KafkaUUID] = [:], at seconds: Double, limits: MeasurementLimits = .standard
    ) -> LogEnds {
        var ends: [TopicPartition: Int64] = [:]
        for (topic, values) in rows {
            for (partition, end) in values.enumerated() where end >= 0 { ends[TopicPartition(ByteString(topic), Int32(partition))] = end }
        }
        return LogEnds(ends, ids: ids, at: .milliseconds(Int64(seconds * 1000)), limits: limits)
    }

    private func rates(_ before: LogEnds, _ after: LogEnds) -> [ByteString: Double] {
        Dictionary(uniqueKeysWithValues: after.rates(since: before).kept.map { ($0.topic, $0.perSecond) })
    }

    @Test("records over the time that really passed, all partitions together")
    func rate() {
        let before = ends(["orders": [100, 200, 300], "idle": [7]], at: 1000)
        let after = ends(["orders": [150, 200, 350], "idle": [7], "new": [5000]], at: 1040)
        #expect(rates(before, after) == ["orders": 2.5, "idle": 0], "a topic that is new has no rate yet")
        #expect(rates(before, ends(["orders": [101, 200, 300]], at: 1000.5)) == ["orders": 2])
    }

    @Test("two that were read at one moment, or in the wrong order, tell nothing")
    func noTime() {
        let before = ends(["orders": [100]], at: 1000)
        #expect(rates(before, ends(["orders": [200]], at: 1000)).isEmpty && rates(before, ends(["orders": [200]], at: 999)).isEmpty)
    }

    @Test("no rate, and none below zero, of a topic that was made anew or one of whose logs ends further back")
    func backwards() {
        let before = ends(["orders": [100, 100], "bills": [50, 50]], ["orders": one, "bills": one], at: 0)
        #expect(rates(before, ends(["orders": [900, 900], "bills": [60, 60]], ["orders": two, "bills": one], at: 10)) == ["bills": 2])
        #expect(
            rates(before, ends(["orders": [900, 99], "bills": [60, 60]], ["orders": one, "bills": one], at: 10)) == ["bills": 2],
            "one partition forward does not hide another one back")
        // Brokers without topic ids: the ends alone tell.
        #expect(rates(ends(["orders": [100]], at: 0), ends(["orders": [3]], at: 10)).isEmpty)
    }

    @Test("partitions that came, went or could not be read are left out of both sides")
    func partitions() {
        let before = ends(["orders": [100, -1, 100], "lost": [5]], at: 0)
        let after = ends(["orders": [110, 400, -1, 800], "lost": [-1, 9]], at: 10)
        #expect(rates(before, after) == ["orders": 1])
    }

    @Test("of more partitions than are remembered, those of the busiest topics are, and the rest is counted")
    func bounds() {
        var limits = MeasurementLimits()
        (limits.partitions, limits.rates) = (6, 1)
        let rows: [String: [Int64]] = ["small": [1, 1], "large": [900, 900, 900], "middle": [50, 50], "tiny": [0]]
        let before = ends(rows, at: 0, limits: limits)
        #expect(Set(before.topics.keys) == ["large", "middle", "tiny"] && before.omitted == 1)
        #expect(ends(rows, at: 0).omitted == 0)
        let rates = ends(rows.mapValues { $0.map { $0 * 2 } }, at: 10, limits: limits).rates(since: before, limits: limits)
        #expect(rates.kept.map(\.topic) == ["large"] && rates.omitted == 2)
    }
}
