public import Bytes

/// The keys of SCRAM (RFC 5802 section 3), for client and server alike.
public struct ScramKeys: Sendable {
    public let function: HashFunction
    public let saltedPassword: [UInt8]

    /// From a password; slow on purpose. `iterations` ≥ 1; Kafka demands 4,096 at least.
    public init(function: HashFunction, password: ByteString, salt: [UInt8], iterations: Int) {
        self.function = function
        saltedPassword = function.stretch(password.bytes, salt: salt, iterations: iterations)
    }

    public init(function: HashFunction, saltedPassword: [UInt8]) {
        self.function = function
        self.saltedPassword = saltedPassword
    }

    public var clientKey: [UInt8] { function.authenticate(Array("Client Key".utf8), key: saltedPassword) }
    public var serverKey: [UInt8] { function.authenticate(Array("Server Key".utf8), key: saltedPassword) }
    public var storedKey: [UInt8] { function.digest(clientKey) }

    /// What the client sends to show that it knows the password without saying it.
    public func clientProof(authMessage: [UInt8]) -> [UInt8] {
        let signature = function.authenticate(authMessage, key: storedKey)
        return zip(clientKey, signature).map { $0 ^ $1 }
    }

    /// What the server sends to show that it knew the keys.
    public func serverSignature(authMessage: [UInt8]) -> [UInt8] { function.authenticate(authMessage, key: serverKey) }

    /// The server's check: the proof, undone with the signature, must be the key whose digest is stored.
    public static func verify(proof: [UInt8], storedKey: [UInt8], authMessage: [UInt8], function: HashFunction) -> Bool {
        guard proof.count == function.length else { return false }
        let signature = function.authenticate(authMessage, key: storedKey)
        return equalInConstantTime(function.digest(zip(proof, signature).map { $0 ^ $1 }), storedKey)
    }
}
