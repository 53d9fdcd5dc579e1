import Bytes
import KafkaClient
import Testing

@testable import Resources

@Suite struct ConsumerLagTests {
    private func positions(_ rows: (String, String, Int32, Int64)...) -> [ByteString: [TopicPartition: Int64]] {
        rows.reduce(into: [:]) { all, row in all[ByteString(row.0), default: [:]][TopicPartition(ByteString(row.1), row.2)] = row.3 }
    }

    @Test func aGroupsLagIsThatOfItsWorstPartitionAndATopicsThatOfAllTogether() {
        let lag = ConsumerLag(
            positions: positions(("a", "orders", 0, 10), ("a", "orders", 1, 95), ("a", "bills", 0, 5), ("b", "orders", 0, 100)),
            ends: [TopicPartition("orders", 0): 100, TopicPartition("orders", 1): 100, TopicPartition("bills", 0): 205])
        #expect(lag.groups == 2)
        #expect(lag.byGroup.kept.map { "\($0.group) \($0.most)" } == ["a 200", "b 0"])
        #expect(lag.byTopic.kept.map { "\($0.group) \($0.topic) \($0.records)" } == ["a bills 200", "a orders 95", "b orders 0"])
        #expect(lag.byGroup.omitted == 0 && lag.byTopic.omitted == 0)
    }

    @Test("what is not known is not told, and a position beyond the end is no negative lag")
    func unknown() {
        let lag = ConsumerLag(
            positions: positions(("a", "orders", 0, 10), ("b", "orders", 1, 120), ("c", "gone", 0, 1), ("d", "orders", 1, -5)),
            ends: [TopicPartition("orders", 1): 100])
        #expect(lag.groups == 4)
        #expect(lag.byGroup.kept.map { "\($0.group) \($0.most)" } == ["d 105", "b 0"])
    }

    @Test func numbersAtTheEndOfTheirRangeDoNotTrap() {
        let lag = ConsumerLag(
            positions: positions(("a", "t", 0, .min), ("a", "t", 1, .min + 1)),
            ends: [TopicPartition("t", 0): .max, TopicPartition("t", 1): .max])
        #expect(lag.byGroup.kept.map(\.most) == [.max] && lag.byTopic.kept.map(\.records) == [.max])
    }

    @Test("of many groups the furthest behind are told, the same ones each time, and how many are not")
    func bounds() {
        var limits = MeasurementLimits()
        (limits.groups, limits.groupTopics) = (3, 5)
        var all: [ByteString: [TopicPartition: Int64]] = [:]
        for group in 0..<1000 {
            for topic in 0..<2 { all[ByteString("g\(group)"), default: [:]][TopicPartition(ByteString("t\(topic)"), 0)] = Int64(group) }
        }
        let ends = [TopicPartition("t0", 0): Int64(2000), TopicPartition("t1", 0): 1000]
        let lag = ConsumerLag(positions: all, ends: ends, limits: limits)
        #expect(lag.groups == 1000)
        #expect(lag.byGroup.kept.map(\.group) == ["g0", "g1", "g2"] && lag.byGroup.omitted == 997)
        #expect(lag.byTopic.kept.map(\.topic) == Array(repeating: "t0", count: 5) && lag.byTopic.omitted == 1995)
        #expect(lag == ConsumerLag(positions: all, ends: ends, limits: limits))
    }
}
