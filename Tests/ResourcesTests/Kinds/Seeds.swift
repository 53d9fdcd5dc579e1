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
        try await alterBrokerConfigs(source, everywhere: ["log.cleaner.threads": "2", "message.max.bytes": "2000000"], own: "12345")
    }

    private static func emptyBrokerConfigs(_ source: Source, _ _: ByteString) async throws {
        try await alterBrokerConfigs(source, everywhere: ["log.cleaner.threads": nil, "message.max.bytes": nil], own: nil)
    }

    /// Sets or deletes configs of the cluster's default and one of the first broker's own, and waits until every broker shows it: each
    /// hears of it in its own time, and a cluster has other configs of its own, so that "something is there" says nothing.
    private static func alterBrokerConfigs(
        _ source: Source, everywhere: [ByteString: ByteString?], own backoff: ByteString?
    ) async throws {
        let brokers = try await source.client.describeCluster().brokers.map(\.id).sorted()
        let first = try #require(brokers.first)
        let operation: (ByteString?) -> ConfigChange.Operation = { $0.map { .set($0) } ?? .delete }
        for (change, result) in try await source.client.alterConfigs([
            ConfigChange(.clusterDefault, everywhere.mapValues(operation)),
            ConfigChange(.broker(first), ["log.cleaner.backoff.ms": operation(backoff)]),
        ]) { #expect(result.isDone, "\(change): \(result)") }
        let resources = brokers.map { ConfigResource.broker($0) }
        try await until("every broker has the configs") {
            let answers = try await source.client.describeConfigs(resources, includeSynonyms: true)
            return brokers.allSatisfy { broker in
                let answer = answers.value[.broker(broker)]
                return set(answer, "log.cleaner.backoff.ms", .dynamicBroker) == (broker == first ? backoff : nil)
                    && everywhere.allSatisfy { set(answer, $0.key, .dynamicDefaultBroker) == $0.value }
            }
        }
    }

    /// What a broker shows of a config as set at one place, whatever else stands before or behind it; no value where it did not answer.
    private static func set(_ answer: ConfigAnswer?, _ name: ByteString, _ place: ConfigSource) -> ByteString? {
        guard case .entries(let entries) = answer else { return "unread" }
        return entries.first { $0.name == name }?.synonyms.first { $0.source == place }?.value
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
