import ArgumentParser
import KafkaClient
import Logging
import NIOPosix
import Resources
import SchemaRegistryClient
import Seams

/// Which cluster, and how to reach it. Secrets come from files only.
struct ConnectionOptions: ParsableArguments {
    static let variable = "TIDEMARK_BOOTSTRAP_SERVER"

    @Option(help: ArgumentHelp("Brokers to begin with; else \(Self.variable), else bootstrap.servers.", valueName: "host:port,..."))
    var bootstrapServer: String?
    @Option(
        help: ArgumentHelp("A client.properties as Kafka's own tools read it: TLS, SASL, time-outs.", valueName: "file"),
        completion: .file(extensions: ["properties"]))
    var commandConfig: String?
    @Option(help: ArgumentHelp("The schema registry, at one or several URLs.", valueName: "url,..."))
    var schemaRegistry: String?
    @Option(
        help: ArgumentHelp("The registry's own settings; else those in --command-config.", valueName: "file"),
        completion: .file(extensions: ["properties"]))
    var registryConfig: String?

    /// Runs `body` with the cluster and its registry; connections are closed whatever happens. Nothing is contacted before `body`
    /// asks for something.
    func withSource<Value: Sendable>(_ desk: Desk, _ body: (Source) async throws -> Value) async throws -> Value {
        let shell = desk.shell
        let properties = try commandConfig.map { try ConfigurationFile.read($0) } ?? []
        let client = try clientConfiguration(properties, desk)
        let registry = try registryConfiguration(properties)
        return try await KafkaClient.withClient(
            client, time: shell.time, chance: shell.chance, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: .silent
        ) { client in
            guard let registry else { return try await body(Source(client: client, registry: nil, time: shell.time)) }
            return try await SchemaRegistryClient.withClient(registry, time: shell.time, chance: shell.chance) { registry in
                try await body(Source(client: client, registry: registry, time: shell.time))
            }
        }
    }

    /// What a cluster is asked for: schemas only where a registry is named. A snapshot then has no section of them, which is not the
    /// same as an empty one.
    static func kinds(of source: Source) -> [any Kind] {
        source.registry == nil ? Kinds.all.filter { $0.name != .schemas } : Kinds.all
    }

    private func clientConfiguration(_ properties: [UInt8], _ desk: Desk) throws -> ClientConfiguration {
        var servers: [BrokerAddress] = []
        if let bootstrapServer {
            servers = try BrokerAddress.list(bootstrapServer, from: "--bootstrap-server")
        } else if let list = desk.shell.variable(Self.variable) {
            servers = try BrokerAddress.list(list, from: Self.variable)
        }
        let read = try ClientProperties(properties, bootstrap: servers, environment: Environment(desk.shell.variables))
        for warning in read.warnings { desk.warn("\(commandConfig ?? ""): \(warning)") }
        return read.configuration
    }

    /// Nil where no registry is named.
    private func registryConfiguration(_ properties: [UInt8]) throws -> RegistryConfiguration? {
        let settings = try RegistrySettings(registryConfig.map { try ConfigurationFile.read($0) } ?? properties)
        guard let list = schemaRegistry ?? settings["schema.registry.url"] else {
            if let registryConfig {
                throw UsageError(
                    "'\(registryConfig)' names no schema registry", hint: "set schema.registry.url in it, or give --schema-registry.")
            }
            return nil
        }
        let urls = list.split { $0 == "," || $0.isWhitespace }.map { String($0) }
        return try RegistryConfiguration(baseURLs: urls, credentials: try settings.credentials(), tls: try settings.tls())
    }
}

extension Logger {
    /// What an operator must know comes as errors, warnings and reports; nothing is logged beside.
    static let silent = Logger(label: Release.name) { _ in SwiftLogNoOpLogHandler() }
}
