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
                let renamed = positions.document
                if renamed.id != document.id { result.storedIDs[renamed.id] = document.id }
                result.documents.append(renamed)
            } catch {
                result.conflicts.append(
                    Conflict(
                        kind: name, id: document.id, why: "\(error)", hint: "run `tidemark check --read-data` on the repository.",
                        isDifference: false))
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
            let before = proposal.steps.count
            propose(document, logs, try present[document.id].map { try PositionDocument($0) }, context, &proposal)
            // One that stands where it is to stand is in nobody's way, whoever its members are.
            guard proposal.steps.count > before, let why = members.occupied[document.group] else { continue }
            proposal.steps.removeLast(proposal.steps.count - before)
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: document.id, why: why,
                    hint: "stop the group's consumers on the target, or leave it out with \(leaving(context.stored(document.id)))."))
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
        var outside: [String] = []
        var refused: [String: [Int32]] = [:]
        for (partition, position) in document.positions.sorted(by: { $0.key < $1.key }) {
            let row = logs.place(position.offset, document.topic, partition, context.offsets ?? .exact)
            var change = PositionChange(
                group: document.group, topic: document.topic, partition: partition, offset: row.offset, effect: row.effect)
            if context.offsets == nil, row.effect == .outside { outside.append("partition \(partition), position \(position.offset)") }
            if let offset = row.offset {
                wanted.positions[partition]?.offset = offset
                if let had = existing?.positions[partition]?.offset, had != offset {
                    change.effect = had > offset ? .rewinds(had &- offset) : .skips(offset &- had)
                }
            } else {
                wanted.positions[partition] = nil
                if case .refused(let why) = row.effect { refused[why, default: []].append(partition) }
            }
            proposal.positions.append(change)
        }
        if let first = outside.first {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: document.id, why: "a position lies outside of the target's log",
                    detail: first + (outside.count > 1 ? " (and \((outside.count - 1).counted("partition")) more)" : ""),
                    hint: "choose with --offsets bounded, start, exact or none."))
        }
        for (why, partitions) in refused.sorted(by: { $0.key < $1.key }) {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: document.id, why: why, detail: Self.list(partitions),
                    hint:
                        "restore the topic as well, rename it with --rename, or leave these positions out with \(leavingPart(context.stored(document.id)))."
                ))
        }
        guard !wanted.positions.isEmpty else { return }
        proposeCommit(wanted, captured: Set(document.positions.keys), existing, context, &proposal)
    }

    private func proposeCommit(
        _ document: PositionDocument, captured: Set<Int32>, _ existing: PositionDocument?, _ context: ProposalContext,
        _ proposal: inout Proposal
    ) {
        guard let existing else {
            proposal.steps.append(
                Step(
                    kind: name, stage: stage, id: document.id, action: "commit", from: nil, to: document.body, reversibility: .compensable))
            proposal.expected.append(document.document)
            return
        }
        if context.existing == .fail {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: document.id, why: "the target's group has committed positions on this topic already",
                    hint: "give --existing validate or --existing update, or leave it out with \(leavingPart(context.stored(document.id)))."
                ))
            return
        }
        // Partitions that the snapshot does not name keep the target's positions.
        let own = existing.positions.keys.filter { !captured.contains($0) }.sorted()
        if !own.isEmpty, context.isWhole {
            proposal.note(Surplus(id: document.id, what: "positions on \(Self.list(own))"), of: self, context)
        }
        var merged = existing
        merged.positions.merge(document.positions) { _, new in new }
        if merged == existing {
            proposal.expected.append(merged.document)
            return
        }
        guard context.existing == .update else {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: document.id, why: "the target's group has committed other positions on this topic",
                    hint: "give --existing update to move it, or leave it out with \(leavingPart(context.stored(document.id)))."))
            return
        }
        var moved = document
        moved.positions = document.positions.filter { existing.positions[$0.key] != $0.value }
        proposal.steps.append(
            Step(
                kind: name, stage: stage, id: document.id, action: "commit", from: existing.body, to: moved.body,
                reversibility: .reversible))
        proposal.expected.append(merged.document)
    }

    /// `partition 3`, `partitions 0, 1, 2, 3 and 4 more`.
    private static func list(_ partitions: [Int32]) -> String {
        let shown = partitions.prefix(8).map(String.init).joined(separator: ", ")
        let more = partitions.count > 8 ? " and \(partitions.count - 8) more" : ""
        return (partitions.count == 1 ? "partition " : "partitions ") + shown + more
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
