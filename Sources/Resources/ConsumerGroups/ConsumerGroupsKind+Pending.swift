import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

extension ConsumerGroupsKind {
    /// How often it is looked whether commits are still held back by a transaction that cannot be attributed.
    private static let heldRounds = 4

    /// Asked for all of a group's positions, a broker leaves out one whose **first** commit is pending in a transaction, without
    /// an error; asked by name it says so. So while a transaction holds partitions of the offsets topic, the groups kept there
    /// are asked again by name. What is held back and belongs to no position that this user is shown is an unread part, too.
    func readPendingByName(
        _ groups: [ListedGroup], _ positions: inout GroupPositions, _ sweep: Sweep, _ state: inout SectionState
    ) async throws {
        let held = try await HeldPositions.look(sweep)
        state.unread += held.unread
        state.limited = state.limited ?? held.limited
        guard !held.partitions.isEmpty else { return }
        // Where the topic is hidden, how many partitions it has is not known: then every group is asked.
        func home(of group: ListedGroup) -> Int32? { held.count > 0 ? group.id.offsetsPartition(of: held.count) : nil }
        let everything = try await sweep.describeTopics().filter { !$0.isInternal }.flatMap { topic in
            topic.partitions.map { TopicPartition(topic.name, $0.index) }
        }
        var attributed: Set<Int32> = []
        for group in groups where home(of: group).map(held.partitions.contains) ?? true {
            if positions.unstable[group.id] != nil, let home = home(of: group) { attributed.insert(home) }
            // A group that cannot be read at all is among the unread parts already.
            guard let known = positions.committed[group.id] else { continue }
            let asked = everything.filter { known[$0] == nil && positions.unstable[group.id]?.contains($0) != true }
            guard !asked.isEmpty else { continue }
            let answer: [TopicPartition: CommittedOffset]
            do throws(KafkaError) {
                answer = try await sweep.client.fetchOffsets(group: group.id, partitions: asked, requireStable: true)
            } catch  where error.code == .cancelled {
                throw error
            } catch {
                state.unread.append(
                    SectionState.UnreadPart(what: "pending positions of group \(ResourceID(group.id))", why: error.message))
                continue
            }
            for (partition, position) in answer.sorted(by: { $0.key < $1.key }) {
                if position.error == .unstableOffsetCommit {
                    if let home = home(of: group) { attributed.insert(home) }
                    positions.unstable[group.id, default: []].insert(partition)
                    state.unread.append(
                        SectionState.UnreadPart(
                            what:
                                "position of group \(ResourceID(group.id)) on \(ResourceID(partition.topic)) partition \(partition.partition)",
                            why: "its first commit is pending in a transaction"))
                } else if !position.error.isError, position.isCommitted {
                    positions.committed[group.id, default: [:]][partition] = position
                }
            }
        }
        try await nameUnattributed(held, held.partitions.subtracting(attributed), sweep, &state)
    }

    /// Commits are held back, and none of the positions that this user is shown is pending: either the transaction has ended
    /// meanwhile, or it holds positions of a group or topic that is hidden or gone.
    private func nameUnattributed(
        _ held: HeldPositions, _ doubtful: Set<Int32>, _ sweep: Sweep, _ state: inout SectionState
    ) async throws {
        var left = doubtful
        var pause = Duration.milliseconds(200)
        for round in 1...Self.heldRounds {
            left = try await held.stillHolding(left, sweep.client)
            if left.isEmpty { return }
            if round < Self.heldRounds { try await sweep.source.time.sleep(for: pause) }
            pause = pause * 2
        }
        let open = try await OpenTransactions.look(at: sweep.describeCluster(), sweep.client)
        for partition in left.sorted() {
            let names = open.holders[partition, default: []].sorted().map { "\(ResourceID($0))" }
            let who = names.isEmpty ? "a transaction that this user is not shown" : "transaction \(names.joined(separator: ", "))"
            state.unread.append(
                SectionState.UnreadPart(
                    what: "some positions of groups kept in partition \(partition) of __consumer_offsets",
                    why: "\(who) holds commits back there, of a group or topic that is not shown"))
        }
    }
}

/// What groups have committed, as far as it is stable.
struct GroupPositions {
    /// By group; a group that could not be read is not in it.
    var committed: [ByteString: [TopicPartition: CommittedOffset]] = [:]
    /// By group: positions that a transaction holds back. They are among the unread parts.
    var unstable: [ByteString: Set<TopicPartition>] = [:]
}

extension ByteString {
    /// The partition of `__consumer_offsets` that keeps a group: the magnitude of Java's hash of its UTF-16 units, modulo `count`;
    /// the least 32-bit number, which has none, counts as 0.
    func offsetsPartition(of count: Int32) -> Int32 {
        var hash: Int32 = 0
        for unit in description.utf16 { hash = hash &* 31 &+ Int32(unit) }
        return hash == .min ? 0 : abs(hash) % count
    }
}
