import Bytes
import KafkaClient
import SnapshotModel

/// A few things that a person can look at before and after, asked of the clusters themselves.
struct DemoSample: Sendable {
    var rows: [(what: String, value: String)] = []

    static func take(of company: DemoCluster) async throws -> DemoSample {
        let client = company.source.client
        var sample = DemoSample()
        let topic = try await client.describeTopics(["orders"]).first { $0.name == "orders" }
        let partitions = topic?.partitions ?? []
        let leaders = Set(partitions.compactMap(\.leader)).sorted().map { "\($0)" }.joined(separator: " ")
        sample.add("topic orders", topic.map { _ in "\(partitions.count) partitions, led by brokers \(leaders)" })
        let configs = try await client.describeConfigs([.topic("orders")], includeSynonyms: false).value[.topic("orders")]
        if case .entries(let entries) = configs {
            sample.add("its min.insync.replicas", entries.first { $0.name == "min.insync.replicas" }?.value.map { "\($0)" })
        }
        let first = TopicPartition("orders", 0)
        let end = try await client.listOffsets([first], at: .latest).value[first]
        sample.add("its records in partition 0", end.map { "\($0.offset)" })
        let position = try await client.fetchOffsets(group: "billing-stream", partitions: [first], requireStable: true)[first]
        sample.add("group billing-stream there", position.map { "offset \($0.offset), metadata \($0.metadata.map { "\($0)" } ?? "-")" })
        let schema = try await company.registry.version(2, of: "orders-value")
        sample.add("schema orders-value, version 2", "id \(schema.id)")
        return sample
    }

    private mutating func add(_ what: String, _ value: String?) { rows.append((what, value ?? "-")) }

    static func table(_ before: DemoSample, _ after: DemoSample) -> Table {
        var table = Table("look", "before", "after")
        for (old, new) in zip(before.rows, after.rows) { table.add(Table.Cell(old.what), Table.Cell(old.value), Table.Cell(new.value)) }
        return table
    }
}
