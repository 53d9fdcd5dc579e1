import ArgumentParser
import Foundation
import KafkaSimulator
import SnapshotModel

struct Simulator: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Runs an in-process Kafka cluster on 127.0.0.1 for your own tools, until it is stopped.",
        discussion: """
            It speaks Kafka's protocol to any client and forgets everything when it ends. GAPS.md beside its source says what it \
            does not do. Secrets are read from files: a line user=password each, and user=access key id:secret for keys of AWS.
            """)

    @Option(help: ArgumentHelp("How many brokers, with ids from 1 on.", valueName: "number"))
    var brokers = 3
    @Option(help: ArgumentHelp("The first broker's port; the others follow. 0 takes free ones.", valueName: "port"))
    var port = 19092
    @Option(help: ArgumentHelp("Runs a schema registry, too, on this port; 0 takes a free one.", valueName: "port"))
    var registryPort: Int?
    @Option(help: ArgumentHelp("Which registry: confluent, karapace or apicurio.", valueName: "flavour"))
    var registryFlavour = Flavour.confluent
    @Option(help: ArgumentHelp("Whose calls and versions the brokers offer: 2.4, 2.8, 3.3, 3.9 or 4.1.", valueName: "release"))
    var release = "4.1"
    @Option(
        name: .customLong("property"),
        help: ArgumentHelp("A line of every broker's server.properties. May be repeated.", valueName: "name=value"))
    var properties: [NamedValue] = []
    @Option(
        name: .customLong("feature"),
        help: ArgumentHelp("A feature's level from the start, such as share.version=1. May be repeated.", valueName: "name=level"))
    var features: [NamedValue] = []
    @OptionGroup(title: "Access") var security: SimulatedSecurityOptions
    @OptionGroup var output: OutputOptions

    enum Flavour: String, ExpressibleByArgument, CaseIterable {
        case confluent, karapace, apicurio
    }

    func validate() throws {
        guard (1...100).contains(brokers) else { throw ValidationError("--brokers must be between 1 and 100.") }
        guard (0...65_535 - brokers).contains(port) else { throw ValidationError("--port must leave room for all brokers below 65536.") }
        if let registryPort, !(0...65_535).contains(registryPort) { throw ValidationError("--registry-port must be below 65536.") }
        for feature in features where Int16(feature.value).map({ $0 < 0 }) ?? true {
            throw ValidationError("--feature \(feature.name)=\(feature.value): the level must be a number from 0 on.")
        }
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
                    flavour: RegistryFlavour(rawValue: registryFlavour.rawValue) ?? .confluent, port: registryPort)
                try await RegistryServer.withRegistry(registry, time: desk.shell.time, cluster: cluster) { _, url in
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

    func simulated() throws -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = (1...Int32(brokers)).map { $0 }
        configuration.firstPort = port
        configuration.release = KafkaRelease(rawValue: release) ?? .v4_1
        for property in properties { configuration.brokerProperties[property.name] = property.value }
        for feature in features { configuration.features[feature.name] = Int16(feature.value) }
        try security.apply(to: &configuration)
        return configuration
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
