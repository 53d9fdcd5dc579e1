import Foundation
import Host
import KafkaSimulator
import Subprocess
import Testing

/// Confluent's own client for registries must believe the simulated ones; with `TIDEMARK_TEST_REGISTRY` set, the same script runs
/// against that registry too.
@Suite("Confluent's Python client with a registry")
struct RegistryPeerTests {
    enum Place: CaseIterable, CustomTestStringConvertible {
        case confluent, karapace, real

        static let realURL = ProcessInfo.processInfo.environment["TIDEMARK_TEST_REGISTRY"]
        static var here: [Place] { realURL == nil ? [.confluent, .karapace] : allCases }

        var testDescription: String { "\(self)" }
    }

    @Test("registers, reads, is refused, deletes and serializes", arguments: Place.here)
    func believes(place: Place) async throws {
        if place == .real { return try await run(against: try #require(Place.realURL)) }
        let configuration = SimulatedRegistryConfiguration(flavour: place == .confluent ? .confluent : .karapace)
        try await RegistryServer.withRegistry(configuration, time: HostTime()) { _, url async throws in try await run(against: url) }
    }

    private func run(against url: String) async throws {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
        let python = ProcessInfo.processInfo.environment["TIDEMARK_PEERS_PYTHON"] ?? root.appending(path: ".peers/bin/python").path
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "No Python at \(python). hint: run `make peers`, or name one with confluent-kafka[schemaregistry,avro] in TIDEMARK_PEERS_PYTHON."
        )
        let script = Bundle.module.bundleURL.appending(path: "Peers/schema_registry.py").path
        let result = try await Subprocess.run(
            .path(.init(python)), arguments: ["-B", script, url, "p\(HostChance().number(in: 100_000...999_999))"],
            environment: .inherit.updating(["NO_PROXY": "127.0.0.1,localhost"]), output: .string(limit: 1 << 20),
            error: .combinedWithOutput)
        let said = result.standardOutput
        #expect(result.terminationStatus.isSuccess, "\(said)")
        // A script that stops early is no proof.
        #expect(said.split(separator: "\n").last?.hasPrefix("done: ") == true, "\(said)")
    }
}
