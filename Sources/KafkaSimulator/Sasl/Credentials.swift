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

    /// Nobody, by the mechanisms that every broker has.
    init() {}

    /// Nil where nobody needs to authenticate.
    init?(_ configuration: SimulatorConfiguration, chance: any ChanceSource) {
        guard configuration.users != nil || configuration.acceptsUnsecuredTokens || !configuration.awsKeys.isEmpty else { return nil }
        acceptsUnsecuredTokens = configuration.acceptsUnsecuredTokens
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
