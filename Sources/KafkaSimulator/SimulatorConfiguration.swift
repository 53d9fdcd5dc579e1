public import KafkaProtocol

/// What a simulated cluster is like when it starts.
public struct SimulatorConfiguration: Sendable {
    /// One broker each, ids ascending or not, all different, not negative. Default: 1, 2, 3.
    public var brokerIDs: [Int32] = [1, 2, 3]
    /// The first broker's port on 127.0.0.1; the others follow. 0 (the default) takes free ports.
    public var firstPort = 0
    /// Racks by broker id.
    public var racks: [Int32: String] = [:]
    /// Nil draws one from the cluster's chance.
    public var clusterID: String?
    /// Which release's calls and versions the brokers offer.
    public var release = KafkaRelease.v4_1
    /// Calls of that release that are not offered all the same, as by services that speak Kafka's protocol in part.
    public var withheldCalls: Set<APIKey> = []
    /// Settings of every broker's file beside the simulator's own, such as `auto.create.topics.enable`.
    public var brokerProperties: [String: String] = [:]
    /// How long after CreateTopics was answered Metadata shows the topic.
    public var topicVisibilityDelay: Duration = .zero
    /// How long after DeleteTopics was answered DescribeLogDirs still lists the topic's logs.
    public var logDeletionDelay: Duration = .zero
    /// Users who must authenticate with SASL; nil asks for no authentication.
    public var users: [SimulatedUser]?
    /// Whether OAUTHBEARER is offered, with tokens that nobody signed: the user is what the token's `sub` says.
    public var acceptsUnsecuredTokens = false
    /// Keys of AWS whose signatures are accepted; AWS_MSK_IAM is offered where there is one.
    public var awsKeys: [SimulatedAWSKey] = []
    /// Nil for plain text.
    public var tls: SimulatedTLS?
    /// How long a broker that takes over the coordination of groups or transactions answers error 14, from the first call on that it gets
    /// about one of them.
    public var coordinatorLoading: Duration = .zero
    /// How long a reassigned partition takes to reach its new brokers.
    public var reassignmentDuration: Duration = .zero
    /// Whether AlterShareGroupOffsets does what it says. Kafka 4.1 answers without an error and does nothing.
    public var altersShareGroupOffsets = false
    /// Features that are on from the start, with their level, such as `share.version`: 1.
    public var features: [String: Int16] = [:]
    /// Who may do what; nil for no authorizer, where everybody may do everything and rules are error 54.
    public var authorizer: SimulatedAuthorizer?
    /// The host that brokers advertise. They listen on 127.0.0.1 whatever is said here.
    public var advertisedHost = "127.0.0.1"

    public init() {}
}

/// How brokers decide who may do what, before any access rule is made: Kafka's StandardAuthorizer.
public struct SimulatedAuthorizer: Sendable {
    /// `super.users`: principals that may do everything, such as `User:admin`.
    public var superUsers: [String]
    /// `allow.everyone.if.no.acl.found`: whether what no rule is about is open to all.
    public var allowsEveryoneWithoutAcl: Bool

    public init(superUsers: [String] = [], allowsEveryoneWithoutAcl: Bool = false) {
        self.superUsers = superUsers
        self.allowsEveryoneWithoutAcl = allowsEveryoneWithoutAcl
    }
}

/// A user whom the brokers know.
public struct SimulatedUser: Sendable {
    public enum Mechanism: String, CaseIterable, Sendable {
        case plain = "PLAIN"
        case scramSHA256 = "SCRAM-SHA-256"
        case scramSHA512 = "SCRAM-SHA-512"
    }

    public var name: String
    public var password: String
    /// The mechanisms that accept this user.
    public var mechanisms: Set<Mechanism>
    /// Rounds of PBKDF2 for the SCRAM mechanisms; Kafka demands 4,096 at least.
    public var iterations: Int

    public init(name: String, password: String, mechanisms: Set<Mechanism> = Set(Mechanism.allCases), iterations: Int = 4096) {
        self.name = name
        self.password = password
        self.mechanisms = mechanisms
        self.iterations = iterations
    }
}

extension SimulatedUser: CustomStringConvertible {
    /// Without the password.
    public var description: String { "SimulatedUser(\(name))" }
}

/// A key of AWS that the brokers know, and whom it stands for.
public struct SimulatedAWSKey: Sendable, CustomStringConvertible {
    public var accessKeyID: String
    public var secretAccessKey: String
    public var sessionToken: String?
    public var user: String

    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, user: String) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.user = user
    }

    /// Without the secret.
    public var description: String { "SimulatedAWSKey(\(accessKeyID))" }
}

/// TLS of every listener.
public struct SimulatedTLS: Sendable {
    /// Certificate chain and private key, PEM.
    public var certificatePEM: String
    public var privateKeyPEM: String
    /// PEM of the authorities that clients' certificates must come from; nil asks clients for none. A client without SASL is
    /// named after its certificate's subject, such as `User:CN=app,O=Example`.
    public var clientAuthoritiesPEM: String?

    public init(certificatePEM: String, privateKeyPEM: String, clientAuthoritiesPEM: String? = nil) {
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
        self.clientAuthoritiesPEM = clientAuthoritiesPEM
    }
}
