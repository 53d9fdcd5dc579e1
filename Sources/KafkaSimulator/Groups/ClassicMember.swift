import Bytes
import KafkaProtocol

/// A member of a classic group.
struct ClassicMember: Sendable {
    let id: ByteString
    /// Static membership (KIP-345): the name that outlives a restart.
    var instance: ByteString?
    var clientID: ByteString
    var clientHost: ByteString
    var sessionTimeout: Duration
    var rebalanceTimeout: Duration
    /// Protocols in the member's order of preference.
    var protocols: [JoinGroupRequest.JoinGroupRequestProtocol]
    var assignment = Blob()
    /// When the member is given up, unless it is heard before. A member that waits for an answer is not expected to speak.
    var expires: Duration
    var awaitingJoin: Waiting?
    var awaitingSync: Waiting?

    /// An answer that is owed.
    struct Waiting: Sendable, Equatable {
        var token: CallToken
        var version: Int16
    }

    var isWaiting: Bool { awaitingJoin != nil || awaitingSync != nil }

    func metadata(of name: ByteString) -> Blob { protocols.first { $0.name == name }?.metadata ?? Blob() }

    func offers(_ other: [JoinGroupRequest.JoinGroupRequestProtocol]) -> Bool {
        protocols.count == other.count && zip(protocols, other).allSatisfy { $0.name == $1.name && $0.metadata == $1.metadata }
    }

    /// The preferred one of `candidates`.
    func vote(_ candidates: Set<ByteString>) -> ByteString? { protocols.first { candidates.contains($0.name) }?.name }

    mutating func heard(at now: Duration) { expires = now + sessionTimeout }
}
