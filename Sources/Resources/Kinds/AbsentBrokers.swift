import KafkaClient
import SnapshotModel

/// Brokers that belong to the cluster and are not among those that are up. Metadata does not name them any more, so what they alone could
/// tell is easily taken for nothing.
public struct AbsentBrokers: Sendable, Hashable {
    /// How each is known, by its id.
    public private(set) var reasons: [Int32: String] = [:]

    public var ids: [Int32] { reasons.keys.sorted() }

    /// - Parameter former: brokers that the last snapshot of the cluster knew. Where brokers tell who is registered (Kafka 4.0), one that is
    ///   neither up nor registered was taken away for good; before that nobody can tell.
    static func find(
        _ cluster: ClusterDescription, topics: [TopicDescription], quorum: QuorumDescription?, former: Set<Int32>
    ) -> AbsentBrokers {
        var absent = AbsentBrokers()
        let up = Set(cluster.brokers.map(\.id))
        func note(_ brokers: some Sequence<Int32>, _ reason: String) {
            for broker in brokers where !up.contains(broker) && absent.reasons[broker] == nil { absent.reasons[broker] = reason }
        }
        note(
            topics.flatMap { $0.partitions.flatMap(\.replicas) }.filter { $0 >= 0 },
            "it holds replicas and is not among the brokers that are up")
        note(cluster.fenced, "it is registered and is not up; one that is gone for good is to be unregistered")
        if !cluster.tellsFenced {
            note(brokers(of: quorum, up: up), "the metadata quorum knows it, and it is not among the brokers that are up")
            note(former, "the last snapshot has it, and it is not among the brokers that are up")
        }
        return absent
    }

    /// Observers of the quorum are brokers. Its voters are where every broker that is up votes, too; else they are controllers alone.
    private static func brokers(of quorum: QuorumDescription?, up: Set<Int32>) -> [Int32] {
        guard let quorum else { return [] }
        let voters = quorum.voters.map(\.id)
        return quorum.observers.map(\.id) + (!up.isEmpty && up.isSubset(of: voters) ? voters : [])
    }

    /// One unread part for each, of what it alone could tell.
    func unread(_ what: (Int32) -> String) -> [SectionState.UnreadPart] {
        ids.map { SectionState.UnreadPart(what: what($0), why: reasons[$0] ?? "it is not up") }
    }
}
