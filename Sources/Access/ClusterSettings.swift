public import KafkaClient
public import Policies
import Recovery
import SchemaRegistryClient

/// How a cluster and its schema registry are reached, whether flags or a policy said so. A value: nothing is read, resolved or
/// contacted before ``withSource(_:warn:_:)``, so that each opening sees files and variables as they are then.
public struct ClusterSettings: Sendable {
    /// Brokers to begin with; they go before `bootstrap.servers` of the properties.
    public var bootstrap: [BrokerAddress]
    /// The path of a `client.properties`.
    public var commandConfig: String?
    /// Client properties on top of those of the file.
    public var properties: [String: SecretSource]
    /// The registry's. Nil: where the properties name one, that one.
    public var registry: RegistryPlace?

    public init(
        bootstrap: [BrokerAddress] = [], commandConfig: String? = nil, properties: [String: SecretSource] = [:],
        registry: RegistryPlace? = nil
    ) {
        self.bootstrap = bootstrap
        self.commandConfig = commandConfig
        self.properties = properties
        self.registry = registry
    }

    /// As a policy has them. Throws `KafkaError.configuration` where a server is no `host:port`.
    public init(_ cluster: ProtectedCluster) throws(KafkaError) {
        self.init(
            bootstrap: cluster.bootstrapServers.isEmpty
                ? [] : try BrokerAddress.list(cluster.bootstrapServers.joined(separator: ","), from: "bootstrapServers"),
            commandConfig: cluster.commandConfig, properties: cluster.properties, registry: cluster.schemaRegistry)
    }

    /// The text of the file, and behind it the properties of the policy: the last one of a key counts. References stay references.
    ///
    /// `fileLines`: how many lines are the file's.
    func propertiesText() throws(KafkaError) -> (text: [UInt8], fileLines: Int) {
        var text = try commandConfig.map { path throws(KafkaError) in try ConfigurationFile.read(path) } ?? []
        let fileLines = commandConfig == nil ? 0 : 1 + Self.lineEnds(text)
        guard !properties.isEmpty else { return (text, fileLines) }
        // A line that the file ends with must not go on here.
        text += Array("\n\n".utf8)
        for (key, value) in properties.sorted(by: { $0.key < $1.key }) {
            text += Array("\(JavaProperties.escape(key))=\(JavaProperties.escape(value.asProperty.revealed))\n".utf8)
        }
        return (text, fileLines)
    }

    /// Of Unix, Windows and old Macs.
    private static func lineEnds(_ text: [UInt8]) -> Int {
        let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        return text.indices.count { text[$0] == lineFeed && ($0 == 0 || text[$0 - 1] != carriageReturn) || text[$0] == carriageReturn }
    }
}
