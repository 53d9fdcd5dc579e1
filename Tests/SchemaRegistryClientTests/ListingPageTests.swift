import Bytes
import Host
import KafkaSimulator
import SchemaRegistryClient
import Testing

@Suite("Listings that a registry cuts without a word")
struct ListingPageTests {
    /// More subjects than one listing gives; a registry of the other kind knows no pages, and is not asked for ever.
    @Test("every subject is found, whatever the page", arguments: RegistryFlavour.allCases)
    func everySubject(flavour: RegistryFlavour) async throws {
        var configuration = SimulatedRegistryConfiguration(flavour: flavour)
        configuration.pages = RegistryPages(subjects: 1000, schemas: 1000)
        let names = (0..<1050).map { "subject-\($0)" }
        try await RegistryServer.withRegistry(configuration, time: HostTime()) { registry, url async throws in
            for name in names {
                registry.serve("POST", flavour.basePath + "/subjects/\(name)/versions", body: Array(#"{"schema":"\"string\""}"#.utf8))
            }
            try await SchemaRegistryClient.withClient(
                try RegistryConfiguration(baseURLs: [url]), time: HostTime(), chance: HostChance()
            ) { client async throws in
                #expect(try await Set(client.subjects()) == Set(names.map { ByteString($0) }))
                // A list without pages comes a second time; one with pages comes in two, and a third holds the last subject alone.
                #expect(registry.calls.count == (flavour == .karapace ? 2 : 3))
            }
        }
    }
}
