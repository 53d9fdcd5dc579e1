import Cryptography

/// A SCRAM mechanism as credentials have it; a number that is not named here is kept.
public struct ScramMechanism: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int8
    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let sha256 = ScramMechanism(rawValue: 1)
    public static let sha512 = ScramMechanism(rawValue: 2)

    var function: HashFunction { self == .sha512 ? .sha512 : .sha256 }
}
