import Bytes
import ClusterFixture
import Host
import KafkaClient
import Resources
import SchemaRegistryClient
import SnapshotModel
import Testing
import Waiting

/// How to fill and to empty a cluster with things of one kind, all named with a prefix.
struct Seed: Sendable, CustomTestStringConvertible {
    let kind: any Kind
    let fill: @Sendable (Source, ByteString) async throws -> Void
    let empty: @Sendable (Source, ByteString) async throws -> Void
    var testDescription: String { kind.name.rawValue }

    static let all: [Seed] = [topics, groups, brokerConfigs, schemas]

    static let topics: Seed = Seed(kind: TopicsKind(), fill: fillTopics, empty: emptyTopics)

    private static func fillTopics(_ source: Source, _ prefix: ByteString) async throws {
        let brokers = try await source.client.describeCluster().brokers.count
        let factor = Int16(min(3, brokers))
        let long = prefix + ByteString(String(repeating: "x", count: 249 - prefix.count))
        try await create(
            [
                NewTopic(name: prefix + "plain", partitions: 1, replicationFactor: factor),
                NewTopic(
                    name: prefix + "dots.and-dashes", partitions: 7, replicationFactor: factor,
                    configs: ["cleanup.policy": "compact,delete", "retention.ms": "86400000", "min.insync.replicas": "1"]),
                NewTopic(name: long, partitions: 3, replicationFactor: 1, configs: ["segment.bytes": "1048576"]),
            ], source)
    }

    private static func emptyTopics(_ source: Source, _ prefix: ByteString) async throws {
        try await deleteTopics(prefix, source)
    }

    static let groups: Seed = Seed(kind: ConsumerGroupsKind(), fill: fillGroups, empty: emptyGroups)

    private static func fillGroups(_ source: Source, _ prefix: ByteString) async throws {
        try await create(
            [
                NewTopic(name: prefix + "orders", partitions: 4, replicationFactor: 1),
                NewTopic(name: prefix + "other", partitions: 1, replicationFactor: 1),
            ], source)
        let orders = prefix + "orders"
        // The two normal forms of one word are two groups; names hold what brokers accept.
        for (number, name) in ["caf\u{e9}", "cafe\u{301}", "a\u{1b}[2J\r\n", "plain"].enumerated() {
            let offsets = Dictionary(
                uniqueKeysWithValues: (Int32(0)..<3).map {
                    (TopicPartition(orders, $0), CommittedOffset(offset: Int64(number) + Int64($0), metadata: $0 == 1 ? "m\u{0}" : ""))
                })
            try await commit(prefix + ByteString(name), offsets, source)
        }
        try await commit(prefix + "plain", [TopicPartition(prefix + "other", 0): CommittedOffset(offset: 1 << 60, metadata: "")], source)
    }

    private static func emptyGroups(_ source: Source, _ prefix: ByteString) async throws {
        let groups = try await source.client.listGroups().value.filter { $0.id.hasPrefix(prefix) }
        for (group, result) in try await source.client.deleteGroups(groups) { #expect(result.isDone, "\(group): \(result)") }
    }

    static let brokerConfigs: Seed = Seed(kind: BrokerConfigsKind(), fill: fillBrokerConfigs, empty: emptyBrokerConfigs)

    private static func fillBrokerConfigs(_ source: Source, _ _: ByteString) async throws {
        let broker = try #require(try await source.client.describeCluster().brokers.first)
        for (change, result) in try await source.client.alterConfigs([
            ConfigChange(.clusterDefault, ["log.cleaner.threads": .set("2"), "message.max.bytes": .set("2000000")]),
            ConfigChange(.broker(broker.id), ["log.cleaner.backoff.ms": .set("12345")]),
        ]) { #expect(result.isDone, "\(change): \(result)") }
    }

    private static func emptyBrokerConfigs(_ source: Source, _ _: ByteString) async throws {
        let broker = try #require(try await source.client.describeCluster().brokers.first)
        _ = try await source.client.alterConfigs([
            ConfigChange(.clusterDefault, ["log.cleaner.threads": .delete, "message.max.bytes": .delete]),
            ConfigChange(.broker(broker.id), ["log.cleaner.backoff.ms": .delete]),
        ])
    }

    static let schemas: Seed = Seed(kind: SchemasKind(), fill: fillSchemas, empty: emptySchemas)

    private static func fillSchemas(_ source: Source, _ prefix: ByteString) async throws {
        guard let registry = source.registry else { return }
        let name = prefix.description.filter { $0.isLetter || $0.isNumber }
        let base = #"{"type":"record","name":"B\#(name)","fields":[{"name":"a","type":"string"}]}"#
        let wider = #"{"type":"record","name":"B\#(name)","fields":[{"name":"a","type":"string"},{"name":"b","type":"int","default":0}]}"#
        let referring = #"{"type":"record","name":"R\#(name)","fields":[{"name":"b","type":"B\#(name)"}]}"#
        _ = try await registry.register(Registration(schema: Schema(type: Schema.avro, text: ByteString(base))), under: prefix + "z-base")
        _ = try await registry.register(Registration(schema: Schema(type: Schema.avro, text: ByteString(wider))), under: prefix + "z-base")
        _ = try await registry.register(
            Registration(
                schema: Schema(
                    type: Schema.avro, text: ByteString(referring),
                    references: [SchemaReference(name: ByteString("B\(name)"), subject: prefix + "z-base", version: 2)])),
            under: prefix + "a-referring")
        try await registry.setCompatibility(CompatibilitySetting(level: "FULL"), of: .subject(prefix + "z-base"))
    }

    private static func emptySchemas(_ source: Source, _ prefix: ByteString) async throws {
        guard let registry = source.registry else { return }
        // One after the other: to Karapace a reference counts until it is deleted for good.
        for subject in [prefix + "a-referring", prefix + "z-base"] {
            for forGood in [false, true] { _ = try await registry.delete(subject, forGood: forGood) }
        }
        // Deleting the subject for good may have taken its level along.
        if try await registry.compatibility(of: .subject(prefix + "z-base")) != nil {
            try await registry.deleteCompatibility(of: .subject(prefix + "z-base"))
        }
    }

    static func create(_ topics: [NewTopic], _ source: Source) async throws {
        for (name, result) in try await source.client.createTopics(topics) { #expect(result.isDone, "\(name): \(result)") }
        for topic in topics {
            try await until("topic \(topic.name) is known to every broker") {
                let partitions = try await source.client.describeTopics([topic.name])[0].partitions
                return partitions.count == Int(topic.partitions) && partitions.allSatisfy { $0.leader != nil }
            }
        }
    }

    static func commit(_ group: ByteString, _ offsets: [TopicPartition: CommittedOffset], _ source: Source) async throws {
        // A real coordinator may hear of the topic a moment after the others.
        try await until("\(group) is committed") {
            let results = try await source.client.commitOffsets(group: group, offsets)
            for (partition, result) in results where !result.isDone && result.error != .unknownTopicOrPartition {
                Issue.record("\(group) \(partition): \(result)")
            }
            return results.values.allSatisfy(\.isDone)
        }
    }

    static func deleteTopics(_ prefix: ByteString, _ source: Source) async throws {
        let names = try await source.client.describeTopics(nil).map(\.name).filter { $0.hasPrefix(prefix) }
        _ = try await source.client.deleteTopics(names)
        try await until("the topics are gone") {
            try await !source.client.describeTopics(nil).contains { $0.name.hasPrefix(prefix) }
        }
    }
}
