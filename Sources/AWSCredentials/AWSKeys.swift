public import Seams

/// An access key of AWS. Descriptions and dumps show its id alone.
public struct AWSKeys: Sendable, Hashable {
    public var accessKeyID: String
    public var secretAccessKey: String
    /// Comes with keys that expire.
    public var sessionToken: String?
    /// Nil for keys that last.
    public var expiry: Timestamp?

    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiry: Timestamp? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiry = expiry
    }
}

extension AWSKeys {
    /// Keys that are over are not worth a round trip.
    func unexpired(at now: Timestamp, from whom: String) throws(AWSCredentialError) -> AWSKeys {
        if let expiry, expiry <= now { throw .overdue(whom, expiry) }
        return self
    }
}

extension AWSKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "AWSKeys(\(accessKeyID))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}

/// Why there are no keys. Lower case, without a full stop, without a secret.
public struct AWSCredentialError: Error, Sendable, Equatable, CustomStringConvertible {
    public var cause: String
    public var hint: String
    /// Whether nobody was refused anything: whoever gives keys is not there, or has trouble of its own.
    public var isPassing: Bool

    public init(_ cause: String, hint: String, isPassing: Bool = false) {
        self.cause = cause
        self.hint = hint
        self.isPassing = isPassing
    }

    public var description: String { "\(cause)\nhint: \(hint)" }

    static func overdue(_ whom: String, _ expiry: Timestamp) -> AWSCredentialError {
        AWSCredentialError(
            "\(whom) gives keys that have expired at \(expiry)", hint: "Check this machine's clock, and whether \(whom) renews its keys.")
    }

    static let stopped = AWSCredentialError("the command was stopped", hint: "Run it again.")
}
