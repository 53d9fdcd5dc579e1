import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

extension ConsumerGroupsKind {
    /// Commits each group's positions from outside: allowed only while the group is empty. The epoch is left open (−1): the
    /// target's leaders have epochs of their own, and a foreign one would look like a truncated log (KIP-320).
    public func apply(_ steps: [Step], to target: Source, done: @Sendable (Step, StepOutcome) async throws -> Void) async throws {
        for (group, steps) in Dictionary(grouping: steps, by: { $0.id.parts[0] }).sorted(by: { $0.key < $1.key }) {
            var commits: [TopicPartition: CommittedOffset] = [:]
            for step in steps {
                let document = try PositionDocument(id: step.id, body: step.to ?? .null)
                for (partition, position) in document.positions {
                    commits[TopicPartition(document.topic, partition)] = CommittedOffset(
                        offset: position.offset, leaderEpoch: -1, metadata: position.metadata)
                }
            }
            let results = try await commit(commits, group, target)
            for step in steps.sorted(by: { $0.id < $1.id }) {
                let document = try PositionDocument(id: step.id, body: step.to ?? .null)
                try await done(step, outcome(document, results))
            }
        }
    }

    /// Commits, and finds out by OffsetFetch what became of commits whose answer was lost.
    private func commit(
        _ commits: [TopicPartition: CommittedOffset], _ group: ByteString, _ target: Source
    ) async throws -> [TopicPartition: WriteResult] {
        let sorted = commits.sorted { $0.key < $1.key }
        return try await Settled.write(
            sorted, key: \.key, time: target.time,
            send: { items in
                try await target.client.commitOffsets(group: group, Dictionary(items.map { ($0.key, $0.value) }) { first, _ in first })
            },
            look: { doubtful in
                let found = try await positions(of: group, doubtful.map(\.key), target)
                var sights: [TopicPartition: Settled.Sight] = [:]
                for (partition, wanted) in doubtful {
                    if let seen = found[partition], seen.error.isError { continue }
                    let seen = found[partition]
                    let isThere = seen?.offset == wanted.offset && (seen?.metadata ?? "") == (wanted.metadata ?? "")
                    sights[partition] = isThere ? .made : .notYet
                }
                return sights
            })
    }

    /// None of a group that nobody has heard of.
    private func positions(
        of group: ByteString, _ partitions: [TopicPartition], _ target: Source
    ) async throws -> [TopicPartition: CommittedOffset] {
        do throws(KafkaError) {
            return try await target.client.fetchOffsets(group: group, partitions: partitions, requireStable: false)
        } catch {
            if error.code.brokerCode == .groupIdNotFound { return [:] }
            throw error
        }
    }

    private func outcome(_ document: PositionDocument, _ results: [TopicPartition: WriteResult]) -> StepOutcome {
        for partition in document.positions.keys.sorted() {
            let what = "position of group \(ResourceID(document.group)) on \(ResourceID(document.topic)) partition \(partition)"
            switch results[TopicPartition(document.topic, partition)] {
            case .some(let result) where result.error == .unknownMemberId || result.error == .nonEmptyGroup:
                return .failed(
                    message: "\(what): \(result.error): the group has members, so nothing can be committed from outside",
                    hint: "stop the group's consumers, then run the restore again.",
                    cause: "\(result.error): the group has members, so nothing can be committed from outside")
            case let result:
                let outcome = result.outcome(of: what)
                if outcome != .done { return outcome }
            }
        }
        return .done
    }
}
