import ArgumentParser
import Foundation
import KafkaSimulator
import SnapshotModel

struct Simulator: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Runs an in-process Kafka cluster on 127.0.0.1 for your own tools, until it is stopped.",
        discussion: """
            It speaks Kafka's protocol to any client and forgets everything when it ends. GAPS.md beside its source says what it \
            does not do. Passwords are read from a file: a line user=password each.
            """)

    @Option(help: ArgumentHelp("How many brokers, with ids from 1 on.", valueName: "number"))
    var brokers = 3
    @Option(help: ArgumentHelp("The first broker's port; the others follow. 0 takes free ones.", valueName: "port"))
    var port = 19092
    @Option(help: ArgumentHelp("Runs a schema registry, too, on this port; 0 takes a free one.", valueName: "port"))
    var registryPort: Int?
    @Option(help: ArgumentHelp("Which registry: confluent or karapace.", valueName: "flavour"))
    var registryFlavour = Flavour.confluent
    @Option(help: ArgumentHelp("Whose calls and versions the brokers offer: 2.4, 2.8, 3.3, 3.9 or 4.1.", valueName: "release"))
    var release = "4.1"
    @Option(
        help: ArgumentHelp("Clients must authenticate (PLAIN, SCRAM) as one of this file's users.", valueName: "file"), completion: .file())
    var usersFile: String?
    @Option(help: ArgumentHelp("TLS with this certificate chain, PEM; needs --tls-key.", valueName: "file"), completion: .file())
    var tlsCertificate: String?
    @Option(help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"), completion: .file())
    var tlsKey: String?
    @Option(help: ArgumentHelp("Clients must show a certificate of this authority, PEM.", valueName: "file"), completion: .file())
    var tlsClientAuthority: String?
    @OptionGroup var output: OutputOptions

    enum Flavour: String, ExpressibleByArgument, CaseIterable {
        case confluent, karapace
    }

    func validate() throws {
        guard (1...100).contains(brokers) else { throw ValidationError("--brokers must be between 1 and 100.") }
        guard (0...65_535 - brokers).contains(port) else { throw ValidationError("--port must leave room for all brokers below 65536.") }
        if let registryPort, !(0...65_535).contains(registryPort) { throw ValidationError("--registry-port must be below 65536.") }
        guard (tlsCertificate == nil) == (tlsKey == nil) else { throw ValidationError("--tls-certificate and --tls-key need each other.") }
        guard KafkaRelease(rawValue: release) != nil else {
            throw ValidationError("--release must be one of \(KafkaRelease.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
    }

    func perform(_ desk: Desk) async throws -> ExitCode {
        let configuration = try simulated()
        do {
            try await SimulatedCluster.run(configuration, time: desk.shell.time, chance: desk.shell.chance) { cluster in
                guard let registryPort else { return try announce(cluster.bootstrapServers, nil, desk) }
                let registry = SimulatedRegistryConfiguration(
                    flavour: registryFlavour == .confluent ? .confluent : .karapace, port: registryPort)
                try await RegistryServer.withRegistry(registry, time: desk.shell.time) { _, url in
                    try announce(cluster.bootstrapServers, url, desk)
                    while true { try await desk.shell.time.sleep(for: .seconds(3600)) }
                }
            }
        } catch is CancellationError {
            // Being stopped is how it ends.
        }
        desk.remark("stopped.")
        return .success
    }

    private func simulated() throws -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = (1...Int32(brokers)).map { $0 }
        configuration.firstPort = port
        configuration.release = KafkaRelease(rawValue: release) ?? .v4_1
        if let usersFile { configuration.users = try users(in: usersFile) }
        if let tlsCertificate, let tlsKey {
            configuration.tls = SimulatedTLS(
                certificatePEM: try NamedFile(tlsCertificate).text(), privateKeyPEM: try NamedFile(tlsKey).text(),
                clientAuthoritiesPEM: try tlsClientAuthority.map { try NamedFile($0).text() })
        }
        return configuration
    }

    private func users(in path: String) throws -> [SimulatedUser] {
        let lines = try NamedFile(path).text().split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
        return try lines.enumerated().map { number, line in
            let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
                throw UsageError("line \(number + 1) of '\(path)' is not user=password", hint: "write a line for each user.")
            }
            return SimulatedUser(name: String(sides[0]), password: String(sides[1]))
        }
    }

    private func announce(_ bootstrap: String, _ registry: String?, _ desk: Desk) throws {
        desk.answer(
            "simulator", ["bootstrapServers": .text(bootstrap), "schemaRegistry": registry.map { .text($0) } ?? .null]
        ) { _ in
            "Brokers listen at \(bootstrap).\n" + (registry.map { "A schema registry listens at \($0).\n" } ?? "")
                + "Stop it with Ctrl-C.\n"
        }
        // Nobody would learn where it listens.
        try OutputLoss.refuse(desk.shell, "the simulator was not left running")
    }
}
