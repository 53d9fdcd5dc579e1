/// Why a repository did not do what it was asked, in words for the operator.
public struct RepositoryError: Error, Hashable, Sendable {
    public enum Code: String, Sendable, CaseIterable {
        /// The place holds no repository.
        case notARepository
        /// The place holds one already.
        case alreadyARepository
        /// The place holds something else.
        case notEmpty
        /// Written by a version that this one does not understand.
        case unknownFormat
        /// Somebody holds the repository for himself.
        case locked
        /// Our own lease ended before the snapshot was published.
        case leaseLost
        /// The reference names no snapshot.
        case noSuchSnapshot
        /// The reference names several.
        case ambiguous
        /// Stored bytes are missing or not what they should be.
        case damaged
        /// The documents given are not strictly ascending, or one is too large.
        case refused
    }

    public let code: Code
    /// What failed and why, in one sentence that names the thing.
    public let message: String
    /// What to do about it, in one sentence.
    public let hint: String
    /// What is damaged, for `damaged` where it is an object or a manifest.
    public let damage: Damage?
    /// Whose lease is in the way, for `locked` where it is one.
    public let lease: Lease?

    public init(code: Code, message: String, hint: String, damage: Damage? = nil, lease: Lease? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.damage = damage
        self.lease = lease
    }
}

extension RepositoryError: CustomStringConvertible {
    public var description: String { "\(message)\nhint: \(hint)" }
}
