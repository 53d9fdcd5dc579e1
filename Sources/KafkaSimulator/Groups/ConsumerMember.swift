import Bytes
import KafkaProtocol

/// A member of a group of the newer consumer protocol (KIP-848).
struct ConsumerMember: Sendable {
    typealias Assignment = [KafkaUUID: Set<Int32>]

    var id: ByteString
    var instance: ByteString?
    var rack: ByteString?
    var clientID: ByteString
    var clientHost: ByteString
    /// -2 while a static member is away and may come back.
    var epoch: Int32 = 0
    var formerEpoch: Int32 = 0
    var rebalanceTimeout: Duration
    var topicNames: Set<ByteString> = []
    var topicPattern: ByteString = ""
    var assignor: ByteString?
    /// What the member may work on now.
    var assigned: Assignment = [:]
    /// What it was asked to give back and has not said that it did.
    var revoking: Assignment = [:]
    /// When it is given up for silence, and for not giving back what it was asked to.
    var sessionDeadline: Duration
    var revocationDeadline: Duration?

    /// Whether everything in `owned` is the member's to have.
    func owns(_ owned: Assignment) -> Bool {
        owned.allSatisfy { topic, partitions in
            partitions.isSubset(of: assigned[topic, default: []].union(revoking[topic, default: []]))
        }
    }
}

extension [KafkaUUID: Set<Int32>] {
    var withoutEmpty: Self { filter { !$0.value.isEmpty } }

    func subtracting(_ other: Self) -> Self {
        reduce(into: [:]) { $0[$1.key] = $1.value.subtracting(other[$1.key, default: []]) }.withoutEmpty
    }

    func intersection(_ other: Self) -> Self {
        reduce(into: [:]) { $0[$1.key] = $1.value.intersection(other[$1.key, default: []]) }.withoutEmpty
    }

    func union(_ other: Self) -> Self { merging(other) { $0.union($1) } }
}
