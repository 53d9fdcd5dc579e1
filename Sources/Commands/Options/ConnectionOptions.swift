import Access
import ArgumentParser
import KafkaClient
import Policies
import Resources

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
    ///
    /// `policy`: what counts where no option says otherwise; it goes before the environment.
    func withSource<Value: Sendable>(
        _ desk: Desk, _ policy: ProtectedCluster?, _ body: (Source) async throws -> Value
    ) async throws -> Value {
        // Those of a policy are of its properties, which another file takes the place of as a whole.
        if commandConfig == nil { for remark in policy?.remarks ?? [] { desk.warn(remark.description) } }
        return try await settings(desk.shell, policy).withSource(desk.shell.world, warn: { desk.warn($0) }, body)
    }

    func settings(_ shell: Shell, _ policy: ProtectedCluster?) throws -> ClusterSettings {
        var settings = try policy.map { cluster throws(KafkaError) in try ClusterSettings(cluster) } ?? ClusterSettings()
        if let bootstrapServer {
            settings.bootstrap = try BrokerAddress.list(bootstrapServer, from: "--bootstrap-server")
        } else if policy == nil, let list = shell.variable(Self.variable) {
            settings.bootstrap = try BrokerAddress.list(list, from: Self.variable)
        }
        if let commandConfig {
            // Who logs in, and how, is one thing: parts of two would be neither.
            settings.commandConfig = commandConfig
            settings.properties = [:]
        }
        if let registryConfig {
            var place = RegistryPlace()
            place.urls = settings.registry?.urls ?? []
            place.config = registryConfig
            settings.registry = place
        }
        if let schemaRegistry {
            var place = settings.registry ?? RegistryPlace()
            place.urls = schemaRegistry.split { $0 == "," || $0.isWhitespace }.map { String($0) }
            settings.registry = place
        }
        return settings
    }
}
