import Bytes
import Cryptography
import Seams

/// The users that brokers know, and by which mechanisms. Passwords of SCRAM users are not kept, only their keys.
struct Credentials: Sendable {
    struct Scram: Sendable {
        var salt: [UInt8]
        var iterations: Int
        var storedKey: [UInt8]
        var serverKey: [UInt8]
    }

    private var passwords: [ByteString: ByteString] = [:]
    private(set) var scram: [SimulatedUser.Mechanism: [ByteString: Scram]] = [:]

    /// Keys of AWS by their ids.
    private(set) var awsKeys: [String: SimulatedAWSKey] = [:]
    private var acceptsUnsecuredTokens = false
    /// How the client's last message of SCRAM must name the nonce.
    private(set) var nonceRule = ScramNonceRule.exact

    /// Nobody, by the mechanisms that every broker has.
    init() {}

    /// Nil where nobody needs to authenticate.
    init?(_ configuration: SimulatorConfiguration, chance: any ChanceSource) {
        guard configuration.users != nil || configuration.acceptsUnsecuredTokens || !configuration.awsKeys.isEmpty else { return nil }
        acceptsUnsecuredTokens = configuration.acceptsUnsecuredTokens
        nonceRule = ScramNonceRule(configuration.release)
        for key in configuration.awsKeys { awsKeys[key.accessKeyID] = key }
        for user in configuration.users ?? [] {
            let name = ByteString(user.name)
            if user.mechanisms.contains(.plain) { passwords[name] = ByteString(user.password) }
            for (mechanism, function) in [(SimulatedUser.Mechanism.scramSHA256, HashFunction.sha256), (.scramSHA512, .sha512)]
            where user.mechanisms.contains(mechanism) {
                let salt = chance.bytes(16)
                let keys = ScramKeys(
                    function: function, password: ByteString(user.password), salt: salt, iterations: max(1, user.iterations))
                scram[mechanism, default: [:]][name] = Scram(
                    salt: salt, iterations: max(1, user.iterations), storedKey: keys.storedKey, serverKey: keys.serverKey)
            }
        }
    }

    /// The mechanisms that brokers offer, in their order.
    var mechanisms: [SaslMechanism] {
        [.plain, .scramSHA512, .scramSHA256] + (acceptsUnsecuredTokens ? [.oauthBearer] : []) + (awsKeys.isEmpty ? [] : [.awsMskIam])
    }

    /// Nil takes the credential away.
    mutating func set(_ name: ByteString, _ mechanism: SimulatedUser.Mechanism, _ credential: Scram?) {
        scram[mechanism, default: [:]][name] = credential
    }

    func accepts(_ name: ByteString, password: ByteString) -> Bool {
        passwords[name].map { equalInConstantTime($0.bytes, password.bytes) } ?? false
    }
}

/// What brokers make of the nonce in a client's last message of SCRAM, which RFC 5802 wants to be the server's, letter by letter.
///
/// Kafka did not look at it before 3.7.2, 3.8.1 and 3.9 (CVE-2024-56128). These want it to end in the server's, for librdkafka's sake: up to 2.6.0
/// that puts its own nonce before it once more. Kafka 4 wants the server's alone.
enum ScramNonceRule: Sendable {
    case any, ending, exact

    init(_ release: KafkaRelease) {
        switch release {
        case .v2_4, .v2_8, .v3_3: self = .any
        case .v3_9: self = .ending
        case .v4_1: self = .exact
        }
    }

    func accepts(_ given: String?, for nonce: String) -> Bool {
        switch self {
        case .any: given != nil
        case .ending: given?.hasSuffix(nonce) ?? false
        case .exact: given == nonce
        }
    }
}
