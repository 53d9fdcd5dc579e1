import Bytes
import KafkaProtocol

extension KafkaClient {
    /// The groups of every broker, ids ascending. A broker that cannot be asked, a partition of the offsets topic that nobody
    /// leads, or one whose coordinator moved during each pass, is an unread part, never a smaller list.
    ///
    /// A group whose coordinator moves while the brokers are asked may be in nobody's list. So each broker says before and after
    /// its list which partitions it leads, and while a partition was not led through a whole list, all are asked again, a bounded
    /// number of times. Never FindCoordinator, which makes topics; the number of calls grows with the brokers alone.
    public func listGroups() async throws(KafkaError) -> Sharded<[ListedGroup]> {
        var found: [ByteString: ListedGroup] = [:]
        var backoff = Backoff(first: configuration.retryBackoff, limit: configuration.retryBackoffMax)
        var round = 1
        while true {
            _ = try await metadata(topics: [Self.offsetsTopic])
            let pass = await listGroups(of: state.withLockedValue { $0.view.brokerIDs })
            found.merge(pass.groups) { _, new in new }
            if pass.coverage.moved.isEmpty || round == Self.listingRounds {
                let coordinators = found.mapValues(\.coordinator)
                state.withLockedValue { $0.view.coordinators.merge(coordinators) { _, new in new } }
                return Sharded(found.values.sorted { $0.id < $1.id }, unread: pass.unread + pass.coverage.unread)
            }
            round += 1
            try await pause(&backoff)
        }
    }

    /// How often the lists are asked for while coordinators move.
    private static var listingRounds: Int { 5 }

    /// Each of its partitions belongs to the coordinator of the groups that hash to it.
    static var offsetsTopic: ByteString { "__consumer_offsets" }

    /// One pass: every broker once.
    private func listGroups(
        of brokers: [Int32]
    ) async -> (groups: [ByteString: ListedGroup], coverage: GroupCoverage, unread: [Unread]) {
        let answers = await each(brokers) { (broker) async throws(KafkaError) in
            // Without its word the list still counts; it only proves nothing.
            let before = await self.offsetsLeaders(by: broker)
            let groups = try await self.send(ListGroupsRequest(), to: .broker(broker), failure: { $0.errorCode }).groups
            let after = await self.offsetsLeaders(by: broker)
            return (groups.map { ListedGroup($0, coordinator: broker) }, before, after)
        }
        var found: [ByteString: ListedGroup] = [:]
        var unread: [Unread] = []
        var coverage = GroupCoverage()
        for (broker, answer) in answers.sorted(by: { $0.key < $1.key }) {
            switch answer {
            case .success(let (groups, before, after)):
                for group in groups { found[group.id] = group }
                coverage.listed(broker, before: before, after: after)
            case .failure(let error):
                unread.append(Unread(broker: broker, subject: "the groups of broker \(broker)", error: error))
                coverage.failed(broker)
            }
        }
        return (found, coverage, unread)
    }

    /// Who leads the partitions of the offsets topic, as one broker knows it; empty where it does not say.
    private func offsetsLeaders(by broker: Int32) async -> [Int32: GroupCoverage.Leader] {
        do throws(KafkaError) {
            let answer = try await metadata(topics: [Self.offsetsTopic], of: .broker(broker))
            let topic = answer.topics.first { $0.name == Self.offsetsTopic }
            return Dictionary(
                (topic?.partitions ?? []).map {
                    ($0.partitionIndex, GroupCoverage.Leader(broker: $0.leaderId < 0 ? nil : $0.leaderId, epoch: $0.leaderEpoch))
                }, uniquingKeysWith: { first, _ in first })
        } catch {
            return [:]
        }
    }
}

/// Which partitions of the offsets topic a pass over the brokers' lists of groups has covered.
///
/// A value: what the brokers said goes in. A partition is covered where a broker said both before and after its list that it leads
/// the partition, in the same epoch: then its list holds the groups that are kept there.
struct GroupCoverage: Sendable, Equatable {
    struct Leader: Sendable, Equatable {
        /// Nil: nobody.
        var broker: Int32?
        /// −1 from brokers that are too old to say.
        var epoch: Int32
    }

    private var covered: Set<Int32> = []
    /// As the broker said that knows the latest epoch.
    private var latest: [Int32: Leader] = [:]
    private var unasked: Set<Int32> = []

    mutating func listed(_ broker: Int32, before: [Int32: Leader], after: [Int32: Leader]) {
        for (partition, leader) in before where leader.broker == broker && after[partition] == leader { covered.insert(partition) }
        for (partition, leader) in before.merging(after, uniquingKeysWith: { $1 }) {
            if let known = latest[partition], known.epoch >= leader.epoch { continue }
            latest[partition] = leader
        }
    }

    /// The broker gave no list; what it leads is missing, which is said once, of the broker.
    mutating func failed(_ broker: Int32) { unasked.insert(broker) }

    /// Partitions that have a leader who was asked, or came up meanwhile, and whose groups may be in nobody's list. Ascending.
    var moved: [Int32] {
        latest.filter { partition, leader in
            guard let broker = leader.broker else { return false }
            return !covered.contains(partition) && !unasked.contains(broker)
        }.keys.sorted()
    }

    /// Partitions that nobody leads. Ascending.
    var leaderless: [Int32] { latest.filter { $0.value.broker == nil && !covered.contains($0.key) }.keys.sorted() }

    /// Partitions that metadata leaves out below the last one that it names: whoever leads them was not looked for. Where it names none, the
    /// topic is not there yet, and nothing is missing.
    var untold: MissingIndexes? { latest.isEmpty ? nil : MissingIndexes(of: latest.keys) }

    var unread: [Unread] {
        func words(_ partitions: [Int32]) -> String { partitions.map(String.init).joined(separator: ", ") }
        return [
            part(
                untold?.count ?? 0, untold?.description ?? "", cause: "metadata leaves out",
                hint: "Try again once the cluster has settled; see the brokers' logs."),
            part(
                leaderless.count, words(leaderless), cause: "nobody leads",
                hint: "Bring back the brokers that hold these partitions, then try again."),
            part(
                moved.count, words(moved), cause: "the coordinator moved during each look at",
                hint: "Try again once the cluster has settled; see why leaders of these partitions move."),
        ].compactMap(\.self)
    }

    private func part(_ count: Int, _ partitions: String, cause: String, hint: String) -> Unread? {
        guard count > 0 else { return nil }
        return Unread(
            subject: "the groups of \(count) of \((latest.count + (untold?.count ?? 0)).counted("partition")) of __consumer_offsets",
            error: KafkaError(
                .brokerError(.coordinatorNotAvailable), api: .metadata, outcome: .answered,
                cause: "\(cause) partition \(partitions) of __consumer_offsets", hint: hint))
    }
}
