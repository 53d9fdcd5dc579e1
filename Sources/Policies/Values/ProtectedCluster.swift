/// A cluster, where its snapshots go, and what is done to both unattended.
public struct ProtectedCluster: Sendable, Hashable {
    /// Unique in its policy: letters, digits, `.`, `_` and `-`.
    public var name = ""
    /// `host:port` each; empty where the properties name them.
    public var bootstrapServers: [String] = []
    /// The path of a `client.properties`, absolute or of the working folder.
    public var commandConfig: String?
    /// Client properties on top of those of the file. Values may refer to secrets.
    public var properties: [String: SecretSource] = [:]
    public var schemaRegistry: RegistryPlace?
    /// The repository's location, as `--repo` takes it.
    public var repository = ""
    /// Nil where the agent is not to take snapshots.
    public var backup: BackupRules?
    /// Nil where the agent is not to forget any.
    public var retention: RetentionPlan?
    /// Nil where the agent is not to check the repository.
    public var check: CheckRules?
    public var notifications: [Notification] = []
    public var restore = RestoreDefaults()
    /// What in the file has no effect on it: whoever uses the cluster tells these.
    public var remarks: [PolicyProblem] = []

    public init() {}

    /// Where it and its repository are, as a text to compare: another one is another cluster, or another history.
    public var place: String {
        ([repository, commandConfig ?? "", properties["bootstrap.servers"]?.written.revealed ?? ""] + bootstrapServers)
            .joined(separator: "\n")
    }
}

/// A schema registry, and who the client says it is.
public struct RegistryPlace: Sendable, Hashable {
    /// Of one registry, tried in turn.
    public var urls: [String] = []
    /// A properties file with the registry's settings, as `--registry-config` takes it; the other settings go before its own.
    public var config: String?
    /// Basic authentication.
    public var user: SecretSource?
    public var password: SecretSource?
    /// A bearer token, in place of user and password.
    public var token: SecretSource?
    /// PEM files: whom to trust, the own certificate, its key.
    public var authorities, certificate, key: String?

    public init() {}
}
