import Bytes
import ClusterFixture
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import SnapshotModel
import Testing
import Waiting

@testable import Resources

@Suite struct SweepMeasurementTests {
    @Test("what a sweep read says how the cluster is, without one call more")
    func measured() async throws {
        try await ClusterFixture.simulated { source, cluster in
            for (name, result) in try await source.client.createTopics([
                NewTopic(name: "orders", partitions: 4, replicationFactor: 3),
                NewTopic(name: "single", partitions: 3, replicationFactor: 1),
            ]) { #expect(result.isDone, "\(name): \(result)") }
            let records = (0..<10).map { _ in Record(timestamp: -1, key: nil, value: [1]) }
            _ = try await source.client.produce(records, to: TopicPartition("orders", 1))
            _ = try await source.client.commitOffsets(
                group: "a",
                [TopicPartition("orders", 1): CommittedOffset(offset: 3), TopicPartition("orders", 0): CommittedOffset(offset: 0)])
            await cluster.killBroker(3)
            try await until("every broker knows of it") { try await source.client.describeCluster().brokers.count == 2 }
            let sweep = Sweep(source)
            #expect(await sweep.measurements() == nil)
            _ = try await sweep.describeCluster()
            let observations = [try await TopicsKind().observe(sweep), try await ConsumerGroupsKind().observe(sweep)]
            cluster.resetCallCounts()
            let measured = try #require(await sweep.measurements())
            #expect(cluster.callCounts.isEmpty)
            #expect(measured.brokers == 2)
            let lag = try #require(measured.lag)
            #expect(lag.byGroup.kept.map { "\($0.group) \($0.most)" } == ["a 7"] && lag.byTopic.kept.map(\.records) == [7])
            #expect(measured.ends?.topics["orders"]?.ends == [0, 10])
            // The evidence that the snapshot has is another way to the same numbers.
            let partitions = try #require(measured.partitions)
            let topics = observations[0].evidence
            let leaders = topics.flatMap { $0.body["leaders"]?.array ?? [] }
            #expect(partitions.topics == topics.count && partitions.partitions == leaders.count)
            #expect(partitions.leaderless == leaders.count { $0 == .integer(-1) } && partitions.leaderless > 0)
            #expect(partitions.underReplicated >= 4 + partitions.leaderless, "four of orders, and those that lost their only replica")
        }
    }
}
