import Host
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("The topic that a registry writes to", .timeLimit(.minutes(2)))
struct SchemasTopicTests {
    private static let schema = Array(#"{"schema":"\"string\""}"#.utf8)

    @Test("Deleted under a live registry: it goes on serving, and the next change makes the topic anew, not compacted")
    func deleted() async throws {
        try await SocketTests.withCluster { cluster in
            func policy() -> String? {
                cluster.withState { state in
                    state.topics["_schemas"].flatMap { state.configs.effective("cleanup.policy", of: $0.configs, broker: 1) }?.description
                }
            }
            func records() -> Int64? { cluster.withState { $0.topics["_schemas"]?.partitions[0].log.endOffset } }
            let registry = SimulatedRegistry(flavour: .confluent, time: HostTime(), cluster: cluster)
            #expect(policy() == "compact" && records() == 0)
            #expect(registry.serve("POST", "/subjects/a-value/versions", body: Self.schema).status == 200)
            #expect(registry.serve("POST", "/subjects/a-value", body: Self.schema).status == 200)
            #expect(registry.serve("GET", "/subjects").status == 200)
            #expect(registry.serve("POST", "/subjects/a-value/versions", body: [0]).status >= 400)
            #expect(records() == 1, "looking up, listing and what was refused write nothing")
            cluster.withState { $0.remove(topic: "_schemas") }
            #expect(registry.serve("GET", "/subjects").body == Array(#"["a-value"]"#.utf8))
            #expect(policy() == nil)
            #expect(registry.serve("POST", "/subjects/b-value/versions", body: Self.schema).status == 200)
            #expect(policy() == "delete" && records() == 1, "what was in it is not in it any more")
        }
    }

    @Test("A version that is soft-deleted is written again as deleted, a subject by its last version; what is deleted for good is gone")
    func deletions() async throws {
        for flavour in [RegistryFlavour.confluent, .karapace] {
            try await SocketTests.withCluster { cluster in
                let registry = SimulatedRegistry(flavour: flavour, time: HostTime(), cluster: cluster)
                func last() throws -> (key: OrderedJSON, value: OrderedJSON?) {
                    let batch = cluster.withState { $0.topics["_schemas"]?.partitions[0].log.batches.last }
                    let records = try batch?.records() ?? []
                    let record = try #require(records.last?.record)
                    let key = try OrderedJSON(parsing: try #require(record.key))
                    return (key, try record.value.map { try OrderedJSON(parsing: $0) })
                }
                #expect(registry.serve("POST", "/subjects/a-value/versions", body: Self.schema).status == 200)
                let other = Array(#"{"schema":"\"bytes\""}"#.utf8)
                _ = registry.serve("PUT", "/config/a-value", body: Array(#"{"compatibility":"NONE"}"#.utf8))
                #expect(registry.serve("POST", "/subjects/a-value/versions", body: other).status == 200)
                #expect(registry.serve("DELETE", "/subjects/a-value/versions/1").status == 200)
                var record = try last()
                #expect(record.key["keytype"] == "SCHEMA" && record.key["version"] == 1 && record.key["subject"] == "a-value")
                #expect(record.value?["deleted"] == true && record.value?["version"] == 1 && record.value?["subject"] == "a-value")
                #expect(record.value?["id"] == 1 && record.value?["schema"] == #""string""#)
                #expect(registry.serve("DELETE", "/subjects/a-value/versions/1?permanent=true").status == 200)
                record = try last()
                #expect(record.key["keytype"] == "SCHEMA" && record.key["version"] == 1 && record.value == nil)
                #expect(registry.serve("DELETE", "/subjects/a-value").status == 200)
                record = try last()
                #expect(record.key["keytype"] == "DELETE_SUBJECT" && record.key["subject"] == "a-value" && record.key["version"] == nil)
                #expect(record.value == ["subject": "a-value", "version": 2])
            }
        }
    }

    @Test("Where brokers create no topics by themselves, it stays away")
    func noAutomaticTopics() async throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerProperties = ["auto.create.topics.enable": "false"]
        try await SocketTests.withCluster(configuration) { cluster in
            let registry = SimulatedRegistry(flavour: .karapace, time: HostTime(), cluster: cluster)
            cluster.withState { $0.remove(topic: "_schemas") }
            #expect(registry.serve("POST", "/subjects/a-value/versions", body: Self.schema).status == 200)
            #expect(cluster.withState { $0.topics["_schemas"] == nil })
        }
    }
}
