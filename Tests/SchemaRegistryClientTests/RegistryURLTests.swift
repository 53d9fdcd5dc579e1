import Host
import KafkaSimulator
import Testing

@testable import SchemaRegistryClient

/// By what two registries are told apart, or one under two names is known again.
@Suite struct RegistryURLTests {
    @Test(arguments: [
        ("http://Registry:8081/", "http://registry:8081"), ("HTTP://r", "http://r"), ("http://r:80", "http://r"),
        ("https://r:443//", "https://r"),
        ("https://r:80", "https://r:80"), ("http://r:8080", "http://r:8080"), ("http://r.example.:8081", "http://r.example:8081"),
        ("http://r.example./Path/", "http://r.example/Path"), ("http://[::1]:80/a", "http://[::1]/a"), ("http://[::1]", "http://[::1]"),
        ("http://[FE80::1]:8081", "http://[fe80::1]:8081"), ("http://r:80/:80", "http://r/:80"),
    ])
    func oneURLHasOneSpelling(_ url: String, _ normal: String) {
        #expect(RegistryConfiguration.normal(url: url) == normal)
        #expect(RegistryConfiguration.normal(url: normal) == normal)
    }

    @Test func aRegistryOfConfluentSaysWhoItIsAndOthersDoNot() async throws {
        var configuration = SimulatorConfiguration()
        configuration.clusterID = "the-cluster"
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            let placed = try await identity(.confluent, cluster)
            #expect(placed == RegistryIdentity(kafkaCluster: "the-cluster", group: "schema-registry"))
        }
        let (one, other) = (try await identity(.confluent), try await identity(.confluent))
        #expect(one != nil && other != nil && one != other)
        #expect(try await identity(.karapace) == nil)
        #expect(try await identity(.apicurio) == nil)
    }

    private func identity(_ flavour: RegistryFlavour, _ cluster: SimulatedCluster? = nil) async throws -> RegistryIdentity? {
        try await RegistryServer.withRegistry(SimulatedRegistryConfiguration(flavour: flavour), time: HostTime(), cluster: cluster) {
            _, url in
            let configuration = try RegistryConfiguration(baseURLs: [url])
            return try await SchemaRegistryClient.withClient(configuration, time: HostTime(), chance: HostChance()) {
                try await $0.identity()
            }
        }
    }
}
