import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

extension ConsumerGroupsKind {
    /// What a gap is called that stands for a share group.
    static let shareGroup = "share group"
    /// How often positions that are pending in a transaction are asked for.
    private static let unstableRounds = 4

    public func observe(_ sweep: Sweep) async throws -> Observation {
        var state = SectionState.stable
        var gaps: [Gap] = []
        let listed = try await sweep.listGroups()
        state.unread += listed.unread.map { SectionState.UnreadPart(what: $0.subject, why: $0.error.message) }
        // Classic, the newer consumer protocol, and streams groups commit offsets; share groups keep theirs elsewhere.
        let groups = listed.value.filter { !$0.isShareGroup }
        for group in listed.value where group.isShareGroup {
            gaps.append(
                Gap(
                    kind: name, id: ResourceID(group.id), what: Self.shareGroup,
                    why: "this version does not capture the start offsets of share groups", resolver: nil))
        }

        // Groups, and positions on hidden topics, are left out without an error from whoever lacks the rights.
        let visibility = try await sweep.visibility()
        state.limited = visibility.limited
        state.unread += visibility.unread
        state.unread += try await unplaced(visibility, sweep)

        // Positions before log ends: then no captured position points past a captured end.
        var positions = try await stableOffsets(groups, sweep, &state)
        let described = try await sweep.client.describeGroups(groups)
        // What describes a group is evidence; its positions were read already.
        let undescribed =
            described.unread.map { SectionState.UnreadPart(what: $0.subject, why: $0.error.message) }
            + described.value.sorted { $0.key < $1.key }.filter(\.value.error.isError).map {
                SectionState.UnreadPart(what: "the group \(ResourceID($0.key))", why: "the coordinator answered \($0.value.error)")
            }
        try await readPendingByName(groups, &positions, sweep, &state)

        let committed = Set(positions.committed.values.flatMap { $0.filter { $0.value.isCommitted }.keys }).sorted()
        let starts = try await sweep.client.listOffsets(committed, at: .earliest)
        let asked = sweep.source.time.uptime()
        let ends = try await sweep.client.listOffsets(committed, at: .latest)
        // Each log was looked at somewhere in between.
        let endsRead = asked + (sweep.source.time.uptime() - asked) / 2
        // A log end that cannot be read is a hole in the evidence, not in what can be put back.
        let unreadEnds =
            (starts.unread + ends.unread).map { SectionState.UnreadPart(what: $0.subject, why: $0.error.message) }
            + Self.untold(starts, "start") + Self.untold(ends, "end")

        let again = try await sweep.client.fetchOffsets(groups, requireStable: false)
        let internalTopics = try await InternalTopics.names(among: sweep.describeTopics())
        await sweep.note(
            positions: positions.committed.mapValues { $0.filter { $0.value.isCommitted }.mapValues(\.offset) },
            ends: ends.value.compactMapValues(\.knownOffset), at: endsRead)
        // Whether they moved is not known then; as they were read they are whole.
        var unseen = again.unread.map { SectionState.UnreadPart(what: "a second look at \($0.subject)", why: $0.error.message) }
        var documents: [Document] = []
        var evidence: [Document] = []
        for group in groups {
            evidence.append(groupEvidence(of: group, described.value[group.id].flatMap { $0.error.isError ? nil : $0 }))
            let committed = (positions.committed[group.id] ?? [:]).filter { $0.value.isCommitted }
            for (topic, partitions) in Dictionary(grouping: committed, by: \.key.topic) {
                let rows = partitions.map { ($0.key, $0.value) }
                let log = Self.logEvidence(group.id, topic, rows, starts.value, ends.value)
                // A position on what the cluster keeps for itself means nothing on another cluster: recorded, never put back.
                if internalTopics.contains(topic) {
                    evidence.append(log.ofInternalTopic(rows))
                    continue
                }
                documents.append(
                    PositionDocument(
                        group: group.id, topic: topic,
                        positions: Dictionary(
                            uniqueKeysWithValues: partitions.map {
                                ($0.key.partition, PositionDocument.Position(offset: $0.value.offset, metadata: $0.value.metadata ?? ""))
                            })
                    ).document)
                evidence.append(log)
            }
            guard let read = positions.committed[group.id], let later = again.value[group.id] else { continue }
            let look = SecondLook(
                of: group.id, read, unstable: positions.unstable[group.id] ?? [], later: later, without: internalTopics)
            state.moved += look.moved.map { ResourceID(group.id, $0) }
            unseen += look.unread
        }
        state.moved.sort()
        let evidenceState = SectionState(outcome: .captured, unread: undescribed + unreadEnds + unseen)
        return Observation(kind: name, desired: documents, evidence: evidence, state: state, evidenceState: evidenceState, gaps: gaps)
    }

    /// Groups are kept by whoever leads the partitions of the offsets topic; where that is shown, what nobody leads is among the unread parts
    /// already. Where it is not, a broker that was not asked may have groups of its own, whoever the others are.
    private func unplaced(_ visibility: Visibility, _ sweep: Sweep) async throws -> [SectionState.UnreadPart] {
        guard !visibility.unread.isEmpty || visibility.limited != nil else { return [] }
        guard try await !sweep.describeTopics().contains(where: { $0.name == "__consumer_offsets" }) else { return [] }
        return visibility.unasked.sorted { $0.key < $1.key }.map {
            SectionState.UnreadPart(what: "the groups of broker \($0.key)", why: $0.value)
        }
    }

    /// Every group's positions, stable ones only; what stays pending in transactions is an unread part.
    private func stableOffsets(
        _ groups: [ListedGroup], _ sweep: Sweep, _ state: inout SectionState
    ) async throws -> GroupPositions {
        var offsets: [ByteString: [TopicPartition: CommittedOffset]] = [:]
        var unstable: [ByteString: Set<TopicPartition>] = [:]
        var left = groups
        var pause = Duration.milliseconds(200)
        for round in 1...Self.unstableRounds {
            let answer = try await sweep.client.fetchOffsets(left, requireStable: true)
            if round == 1 { state.unread += answer.unread.map { SectionState.UnreadPart(what: $0.subject, why: $0.error.message) } }
            offsets.merge(answer.value) { _, new in new }
            left = left.filter { offsets[$0.id]?.values.contains { $0.error == .unstableOffsetCommit } ?? false }
            if left.isEmpty || round == Self.unstableRounds { break }
            try await sweep.source.time.sleep(for: pause)
            pause = pause * 2
        }
        for group in groups {
            for (partition, position) in offsets[group.id] ?? [:] where position.error.isError {
                if position.error == .unstableOffsetCommit { unstable[group.id, default: []].insert(partition) }
                state.unread.append(
                    SectionState.UnreadPart(
                        what:
                            "position of group \(ResourceID(group.id)) on \(ResourceID(partition.topic)) partition \(partition.partition)",
                        why: position.error == .unstableOffsetCommit
                            ? "a transaction holds it back" : "the coordinator answered \(position.error)"))
            }
            offsets[group.id] = offsets[group.id]?.filter { !$0.value.error.isError }
        }
        return GroupPositions(committed: offsets, unstable: unstable)
    }

    /// Partitions whose leader did not tell where the log starts or ends: one part for each answer that it gave instead.
    private static func untold(_ answers: Sharded<[TopicPartition: ListedOffset]>, _ bound: String) -> [SectionState.UnreadPart] {
        let untold = answers.value.filter { $0.value.knownOffset == nil }
        return Dictionary(grouping: untold, by: \.value.error).sorted { $0.key.rawValue < $1.key.rawValue }.map { error, partitions in
            let first = partitions.map(\.key).min().map { "\(ResourceID($0.topic)) partition \($0.partition)" } ?? ""
            return SectionState.UnreadPart(
                what: "log \(bound) of \(first)" + (partitions.count > 1 ? " and \(partitions.count - 1) more" : ""),
                why: "the leader answered \(error)")
        }
    }

    private func groupEvidence(of group: ListedGroup, _ description: GroupDescription?) -> Document {
        var fields: [ByteString: JSON] = [
            "type": .text(description?.type ?? group.type ?? "classic"),
            "protocolType": .text(description?.protocolType ?? group.protocolType),
            "state": .text(description?.state ?? group.state ?? "Unknown"),
        ]
        if let description {
            fields["protocol"] = .text(description.protocolName)
            fields["members"] = .array(
                description.members.sorted { $0.id < $1.id }.map { member in
                    .object([
                        "memberId": .text(member.id), "clientId": .text(member.clientID), "host": .text(member.host),
                        "instanceId": member.instanceID.map { .text($0) } ?? .null,
                    ])
                })
        }
        return Document(id: ResourceID(group.id), body: .object(fields))
    }

    /// Leader epoch, log start, log end and lag by partition, in columns; null where one is not known.
    private static func logEvidence(
        _ group: ByteString, _ topic: ByteString, _ positions: [(TopicPartition, CommittedOffset)],
        _ starts: [TopicPartition: ListedOffset], _ ends: [TopicPartition: ListedOffset]
    ) -> Document {
        let rows = positions.sorted { $0.0.partition < $1.0.partition }
        func column(_ value: (TopicPartition, CommittedOffset) -> Int64?) -> JSON {
            .array(rows.map { value($0.0, $0.1).map { JSON.count64($0) } ?? .null })
        }
        return Document(
            id: ResourceID(group, topic),
            body: .object([
                "partitions": column { partition, _ in Int64(partition.partition) },
                "leaderEpochs": column { _, position in Int64(position.leaderEpoch) },
                "logStarts": column { partition, _ in starts[partition]?.knownOffset },
                "logEnds": column { partition, _ in ends[partition]?.knownOffset },
                "lags": column { partition, position in ends[partition]?.knownOffset.map { max(0, $0 - position.offset) } },
            ]))
    }
}

extension ListedOffset {
    /// The offset; nil where the broker answered an error or knows none.
    var knownOffset: Int64? { error.isError || offset < 0 ? nil : offset }
}

extension CommittedOffset {
    /// −1 means none. Brokers take other offsets below zero as they come, so these are positions like any other.
    var isCommitted: Bool { offset != -1 }
}

extension ListedGroup {
    /// Share groups (KIP-932) keep their positions elsewhere than in committed offsets.
    var isShareGroup: Bool { type?.description.lowercased() == "share" }
}
