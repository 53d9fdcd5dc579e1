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

    init() {}

    init(_ users: [SimulatedUser], chance: any ChanceSource) {
        for user in users {
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
    let mechanisms: [SimulatedUser.Mechanism] = [.plain, .scramSHA512, .scramSHA256]

    /// Nil takes the credential away.
    mutating func set(_ name: ByteString, _ mechanism: SimulatedUser.Mechanism, _ credential: Scram?) {
        scram[mechanism, default: [:]][name] = credential
    }

    func accepts(_ name: ByteString, password: ByteString) -> Bool {
        passwords[name].map { equalInConstantTime($0.bytes, password.bytes) } ?? false
    }
}
