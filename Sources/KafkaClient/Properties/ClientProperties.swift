import Bytes
public import Seams

/// A `client.properties` as Kafka's own tools take it (`--command-config`), turned into a configuration.
public struct ClientProperties: Sendable {
    public private(set) var configuration: ClientConfiguration
    /// One sentence a key that nobody knows, naming it, its line and the key that was probably meant, and a line that Java reads otherwise than
    /// it may have been meant.
    public private(set) var warnings: [String] = []

    /// Reads the text of a file.
    ///
    /// `bootstrap`: from the command line, goes before the file's own. `lines`: how many of them are the file's; of what stands behind them,
    /// which others check, no warning tells. `read` opens files that the text names (certificates, and
    /// those that ``SecretReferences`` point to); relative names are taken as they are. `environment`: what `${env:NAME}` refers to,
    /// and where keys of AWS are looked for later. `warn` gets the ``warnings``, also where an error follows: they may say what is behind it.
    /// Throws `.configuration` naming key and remedy; no value of a secret is in it.
    public init(
        _ text: [UInt8], bootstrap: [BrokerAddress] = [], environment: Environment = Environment(),
        warningsOf lines: Int = .max,
        read: @escaping (String) throws(KafkaError) -> [UInt8] = ConfigurationFile.read, warn: (String) -> Void = { _ in }
    ) throws(KafkaError) {
        let entries = try PropertyValues.entries(text)
        warnings = Self.warnings(entries.filter { $0.line <= lines })
        for warning in warnings { warn(warning) }
        let values = try PropertyValues(entries, environment: environment, read: read)
        var servers = bootstrap
        if servers.isEmpty, let list = values["bootstrap.servers"] { servers = try BrokerAddress.list(list, from: "bootstrap.servers") }
        var configuration = ClientConfiguration(bootstrap: servers)
        if let id = values["client.id"], !id.isEmpty { configuration.clientID = ByteString(id) }
        try values.milliseconds("request.timeout.ms") { configuration.requestTimeout = $0 }
        try values.milliseconds("default.api.timeout.ms") { configuration.apiTimeout = $0 }
        try values.milliseconds("retry.backoff.ms", from: 0) { configuration.retryBackoff = $0 }
        try values.milliseconds("retry.backoff.max.ms", from: 0) { configuration.retryBackoffMax = $0 }
        try values.milliseconds("socket.connection.setup.timeout.ms") { configuration.connectTimeout = $0 }
        try values.milliseconds("connections.max.idle.ms") { configuration.connectionsMaxIdle = $0 }
        let (usesTLS, usesSASL) = try values.securityProtocol()
        if usesTLS { configuration.security.tls = try values.tls() }
        if usesSASL { configuration.security.sasl = try values.sasl() }
        configuration.surroundings.environment = environment
        if case .bearer(let login) = configuration.security.sasl, case .endpoint(let endpoint) = login.source,
            endpoint.url.lowercased().hasPrefix("http://")
        {
            let warning = "sasl.oauthbearer.token.endpoint.url is not https://: the client's secret is sent in the clear"
            warnings.append(warning)
            warn(warning)
        }
        self.configuration = configuration
    }

    private static func warnings(_ entries: [JavaProperties.Entry]) -> [String] {
        var warnings: [String] = []
        var before: JavaProperties.Entry?
        for entry in entries {
            defer { before = entry }
            if entry.isLatin { warnings.append(entry.latinWarning) }
            if KnownKeys.used.contains(entry.key) || KnownKeys.isIrrelevant(entry.key) { continue }
            if KnownKeys.unapplied.contains(entry.key) {
                guard !entry.value.isEmpty else { continue }
                warnings.append("line \(entry.line): \(entry.key) is not applied: what it restricts or replaces is as if it were not set")
            } else if before?.key == "sasl.jaas.config", before?.isClosedJaas == false {
                // The rest of a value that was broken over two lines: nothing of it is told, as a password may stand there.
                warnings.append(
                    "line \(entry.line) is no setting: it seems to go on with sasl.jaas.config; end each of its lines but the last with \\")
            } else if KnownKeys.isName(entry.key), let nearest = KnownKeys.nearest(to: entry.key) {
                warnings.append("line \(entry.line): the key \(entry.key) is not known and has no effect; did you mean \(nearest)?")
            } else if KnownKeys.isName(entry.key), entry.value.contains(where: { $0 != "=" }) {
                warnings.append("line \(entry.line): the key \(entry.key) is not known and has no effect")
            } else {
                // A word alone may be anything, a password too; in base64 it may end in =.
                warnings.append("line \(entry.line) is no setting and has no effect: it is not a key's name, = and a value")
            }
        }
        return warnings
    }
}

extension JavaProperties.Entry {
    /// Nothing of the line is told, as a password may stand there.
    var latinWarning: String {
        "line \(line) has bytes beyond ASCII, which are read as ISO 8859-1, as Kafka's own tools read them; write such characters as \\uXXXX"
    }

    /// Whether the value ends as the entries of `sasl.jaas.config` do, or is a reference.
    fileprivate var isClosedJaas: Bool {
        guard let last = value.last(where: { !$0.isWhitespace }) else { return false }
        return last == ";" || last == "}"
    }
}

extension BrokerAddress {
    /// Reads a list as `bootstrap.servers` and `--bootstrap-server` take it: `host:port`, comma between. `source` names it in
    /// the error.
    public static func list(_ text: String, from source: String) throws(KafkaError) -> [BrokerAddress] {
        var addresses: [BrokerAddress] = []
        for part in text.split(separator: ",") {
            let trimmed = part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
            let entry = String(trimmed)
            if entry.isEmpty { continue }
            guard let address = BrokerAddress(entry) else {
                throw .configuration(
                    "\(source): \(entry) is not HOST:PORT",
                    "Write each server as HOST:PORT, several with commas between, such as kafka-1:9092,kafka-2:9092.")
            }
            addresses.append(address)
        }
        guard !addresses.isEmpty else {
            throw .configuration("\(source) names no server", "Write servers as HOST:PORT with commas between.")
        }
        return addresses
    }
}
