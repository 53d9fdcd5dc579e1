import Bytes
import KafkaClient
import KafkaProtocol
public import SnapshotModel

extension ConsumerGroupsKind {
    public func remap(_ wanted: [Document], _ remapping: Remapping) -> Remapped {
        var result = Remapped(documents: [])
        for document in wanted {
            do throws(MalformedDocument) {
                var positions = try PositionDocument(document)
                positions.topic = remapping.topics(positions.topic)
                result.documents.append(positions.document)
            } catch {
                result.conflicts.append(
                    Conflict(kind: name, id: document.id, why: "\(error)", hint: "run `tidemark check --read-data` on the repository."))
            }
        }
        result.documents.sort { $0.id < $1.id }
        return result
    }

    public func propose(_ wanted: [Document], _ context: ProposalContext) async throws -> Proposal {
        var proposal = Proposal()
        guard context.offsets != OffsetMode.none else {
            if !wanted.isEmpty { proposal.notes.append(Note(kind: name, text: "no position is restored, as asked: --offsets none")) }
            return proposal
        }
        let (documents, internals) = try withoutInternalTopics(wanted, context)
        if !internals.isEmpty {
            let names = internals.prefix(3).map { "\($0)" }.joined(separator: ", ")
            let more = internals.count > 3 ? " and \(internals.count - 3) more" : ""
            proposal.notes.append(
                Note(
                    kind: name, id: internals.count == 1 ? internals[0] : nil,
                    text: "not put back: positions on internal topics, which hold other offsets on the target (\(names)\(more))"))
        }
        let logs = try await TargetLogs(of: documents, context)
        if context.offsets == nil, documents.contains(where: { logs.isEmpty($0) }) {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: nil, why: "topics of the target hold no records, so what a position means there must be chosen",
                    hint: "give --offsets start to read the target's topics from their start, bounded, exact, or none."))
            return proposal
        }
        let members = try await membersOnTarget(Set(documents.map(\.group)), context)
        proposal.notes += members.notes
        let present = context.observedByID
        for document in documents {
            if let why = members.occupied[document.group] {
                proposal.conflicts.append(
                    Conflict(
                        kind: name, id: document.id, why: why,
                        hint: "stop the group's consumers on the target, or leave it out with \(leaving(document.id))."))
                continue
            }
            propose(document, logs, try present[document.id].map { try PositionDocument($0) }, context, &proposal)
        }
        try await noteMissingRights(context.target, &proposal)
        return proposal
    }

    /// Committing takes READ on the group and on the topic.
    private func noteMissingRights(_ target: Source, _ proposal: inout Proposal) async throws {
        let commits = proposal.steps.filter { $0.action == "commit" && $0.id.parts.count == 2 }
        guard !commits.isEmpty else { return }
        let groups = try await target.client.groupsNotReadable(among: Set(commits.map { $0.id.parts[0] }))
        let topics = try await target.client.topicsWithout(.read, among: Set(commits.map { $0.id.parts[1] }))
        for step in commits {
            if groups.contains(step.id.parts[0]) {
                proposal.missingRights.append(MissingRight(step, .read, on: .group(step.id.parts[0])))
            }
            if topics.contains(step.id.parts[1]) {
                proposal.missingRights.append(MissingRight(step, .read, on: .topic(step.id.parts[1])))
            }
        }
    }

    /// The wanted positions without those on internal topics, and which the latter are: of the snapshot's evidence, or wanted, in
    /// a snapshot of an older version.
    private func withoutInternalTopics(
        _ wanted: [Document], _ context: ProposalContext
    ) throws -> (documents: [PositionDocument], internals: [ResourceID]) {
        let all = try wanted.map { try PositionDocument($0) }
        let recorded = context.evidence.filter(\.isOfInternalTopic).map(\.id)
        let named = all.filter { InternalTopics.known.contains($0.topic) }.map(\.id)
        return (all.filter { !InternalTopics.known.contains($0.topic) }, Set(recorded + named).sorted())
    }

    private func propose(
        _ document: PositionDocument, _ logs: TargetLogs, _ existing: PositionDocument?, _ context: ProposalContext,
        _ proposal: inout Proposal
    ) {
        var wanted = document
        for (partition, position) in document.positions.sorted(by: { $0.key < $1.key }) {
            let row = logs.place(position.offset, document.topic, partition, context.offsets ?? .exact)
            var change = PositionChange(
                group: document.group, topic: document.topic, partition: partition, offset: row.offset, effect: row.effect)
            if context.offsets == nil, row.effect == .outside {
                proposal.conflicts.append(
                    Conflict(
                        kind: name, id: document.id,
                        why: "a position lies outside of the target's log", detail: "partition \(partition), position \(position.offset)",
                        hint: "choose with --offsets bounded, start, exact or none."))
            }
            if let offset = row.offset {
                wanted.positions[partition]?.offset = offset
                if let had = existing?.positions[partition]?.offset, had != offset {
                    change.effect = had > offset ? .rewinds(had &- offset) : .skips(offset &- had)
                }
            } else {
                wanted.positions[partition] = nil
                if case .refused(let why) = row.effect {
                    proposal.conflicts.append(
                        Conflict(
                            kind: name, id: document.id, why: why, detail: "partition \(partition)",
                            hint: "restore the topic as well, rename it with --rename, or leave the group out with --except."))
                }
            }
            proposal.positions.append(change)
        }
        guard !wanted.positions.isEmpty else { return }
        if let existing {
            // Partitions that the snapshot does not name keep the target's positions.
            var merged = existing
            merged.positions.merge(wanted.positions) { _, new in new }
            if merged == existing {
                proposal.expected.append(merged.document)
                return
            }
            switch context.existing {
            case .update: break
            case .fail, .validate:
                proposal.conflicts.append(
                    Conflict(
                        kind: name, id: document.id, why: "the target's group has committed other positions on this topic",
                        hint: "give --existing update to move it, or leave it out with \(leaving(document.id))."))
                return
            }
            wanted.positions = wanted.positions.filter { existing.positions[$0.key] != $0.value }
            proposal.steps.append(
                Step(
                    kind: name, stage: stage, id: document.id, action: "commit", from: existing.body, to: wanted.body,
                    reversibility: .reversible))
            proposal.expected.append(merged.document)
        } else {
            proposal.steps.append(
                Step(kind: name, stage: stage, id: document.id, action: "commit", from: nil, to: wanted.body, reversibility: .compensable))
            proposal.expected.append(wanted.document)
        }
    }

    /// Groups with members refuse positions from outside; so do groups that share or stream. Said beforehand.
    private func membersOnTarget(
        _ wanted: Set<ByteString>, _ context: ProposalContext
    ) async throws -> (occupied: [ByteString: String], notes: [Note]) {
        var occupied: [ByteString: String] = [:]
        let newer = context.evidence.filter { $0.id.parts.count == 1 && $0.body["type"]?.text?.description.lowercased() == "consumer" }.map(
            \.id)
        var notes: [Note] = newer.filter { wanted.contains($0.parts[0]) }.map {
            Note(kind: name, id: $0, text: "a restored group is of the classic protocol until a member joins")
        }
        for document in context.observed.evidence where document.id.parts.count == 1 && wanted.contains(document.id.parts[0]) {
            let count = document.body["members"]?.array?.count ?? 0
            let state = document.body["state"]?.text?.description ?? "unknown"
            if count > 0 || !["Empty", "Dead"].contains(state) {
                occupied[document.id.parts[0]] = "the target's group is in state \(state) with \(count.counted("member"))"
            }
        }
        for gap in context.observed.gaps where gap.what == Self.shareGroup {
            if let group = gap.id?.parts.first, wanted.contains(group) {
                occupied[group] = "the target's group is a share group, which keeps no such positions"
            }
        }
        if !context.observed.state.unread.isEmpty {
            notes.append(Note(kind: name, text: "not all groups of the target could be read; one of them may have members"))
        }
        return (occupied, notes)
    }
}

/// The target's logs, as far as positions to restore stand on them.
private struct TargetLogs {
    private var bounds: [TopicPartition: ClosedRange<Int64>] = [:]
    private var toCome: [ByteString: Int] = [:]
    private var present: [ByteString: Int] = [:]

    init(of documents: [PositionDocument], _ context: ProposalContext) async throws {
        for (id, count) in context.topicsToCome { toCome[id.parts[0]] = count }
        let topics = try await context.target.client.describeTopics(nil)
        for topic in topics where !topic.error.isError { present[topic.name] = topic.partitions.count }
        let asked = Set(
            documents.flatMap { document in document.positions.keys.map { TopicPartition(document.topic, $0) } }
        ).filter { (present[$0.topic] ?? 0) > Int($0.partition) }.sorted()
        let starts = try await context.target.client.listOffsets(asked, at: .earliest)
        let ends = try await context.target.client.listOffsets(asked, at: .latest)
        for partition in asked {
            if let start = starts.value[partition]?.knownOffset, let end = ends.value[partition]?.knownOffset, start <= end {
                bounds[partition] = start...end
            }
        }
    }

    /// Whether the target has no record on any partition of the document.
    func isEmpty(_ document: PositionDocument) -> Bool {
        document.positions.keys.allSatisfy { partition in
            let range = bounds[TopicPartition(document.topic, partition)]
            return range == nil || range?.lowerBound == range?.upperBound
        }
    }

    func place(
        _ offset: Int64, _ topic: ByteString, _ partition: Int32, _ mode: OffsetMode
    ) -> (offset: Int64?, effect: PositionChange.Effect) {
        let range: ClosedRange<Int64>
        if let known = bounds[TopicPartition(topic, partition)] {
            range = known
        } else if (toCome[topic] ?? 0) > Int(partition) {
            // A topic made by this restore begins empty.
            range = 0...0
        } else if present[topic] != nil {
            return (nil, .refused("the target's topic \(topic) has no readable partition \(partition)"))
        } else {
            return (nil, .refused("the target has no topic \(topic)"))
        }
        switch mode {
        case .exact where offset < 0:
            return (nil, .refused("the captured position \(offset) lies below zero: choose with --offsets bounded or start"))
        case .exact: return (offset, range.contains(offset) ? .exact : .outside)
        case .start: return (range.lowerBound, offset == range.lowerBound ? .exact : .clamped(from: offset))
        case .bounded:
            let bounded = min(max(offset, range.lowerBound), range.upperBound)
            return (bounded, bounded == offset ? .exact : .clamped(from: offset))
        case .none: return (nil, .refused("no position is restored, as asked"))
        }
    }
}
