import Bytes
public import SnapshotModel

extension TopicsKind {
    public func remap(_ wanted: [Document], _ remapping: Remapping) -> Remapped {
        var result = Remapped(documents: [])
        var origin: [ByteString: ResourceID] = [:]
        for document in wanted {
            do throws(MalformedDocument) {
                var topic = try TopicDocument(document)
                topic.name = remapping.topics(topic.name)
                guard Self.isLegal(topic.name) else {
                    result.conflicts.append(
                        Conflict(
                            kind: name, id: document.id, why: "'\(topic.name)' is no name that a topic may have",
                            hint: "use 1 to 249 letters, digits, '.', '_' and '-', and neither '.' nor '..' alone."))
                    continue
                }
                // Metrics write `.` and `_` alike, so brokers refuse two topics that differ in these alone.
                let collision = ByteString(bytes: topic.name.bytes.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 })
                if let other = origin[collision] {
                    result.conflicts.append(
                        Conflict(
                            kind: name, id: document.id, why: "renamed to \(topic.name), it collides with topic \(other)",
                            hint: "choose new names that differ, and in more than '.' and '_'."))
                    continue
                }
                origin[collision] = document.id
                if topic.document.id != document.id { result.storedIDs[topic.document.id] = document.id }
                let factors = topic.factors
                if let factor = remapping.replicationFactor, factors != [Int(factor)] {
                    topic.replicationFactor = Int(factor)
                    topic.assignment = nil
                } else if let assignment = topic.assignment {
                    topic.assignment = Self.translate(assignment, remapping)
                    if topic.assignment == nil, factors.count > 1 { result.losses.append(Self.loss(of: factors, topic)) }
                }
                result.notes += ThrottledReplicas.remap(&topic, remapping.brokers)
                result.documents.append(topic.document)
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

    /// CreateTopics takes one replication factor for all partitions, or each one's replicas.
    private static func loss(of factors: Set<Int>, _ topic: TopicDocument) -> Loss {
        Loss(
            kind: .topics, id: ResourceID(topic.name),
            why:
                "its partitions have between \(factors.min() ?? 0) and \(factors.max() ?? 0) replicas; as not every broker id has a counterpart, "
                + "all of them get \(topic.replicationFactor), as partition 0 has")
    }

    /// Kafka's rule for a topic's name.
    static func isLegal(_ name: ByteString) -> Bool {
        guard (1...249).contains(name.count), name != ".", name != ".." else { return false }
        return name.bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    /// Nil where a broker has no counterpart: then the target assigns the replicas itself.
    private static func translate(_ assignment: [[Int32]], _ remapping: Remapping) -> [[Int32]]? {
        // No translation, and no need of one: the target has all brokers that this topic names.
        if remapping.brokers.isEmpty, assignment.allSatisfy({ Set($0).isSubset(of: remapping.targetBrokers) }) { return assignment }
        let brokers = remapping.brokers
        var translated: [[Int32]] = []
        for replicas in assignment {
            let row = replicas.compactMap { brokers[$0] }
            guard row.count == replicas.count, Set(row).count == row.count else { return nil }
            translated.append(row)
        }
        return translated
    }

    public func propose(_ wanted: [Document], _ context: ProposalContext) async throws -> Proposal {
        var proposal = Proposal()
        let present = context.observedByID
        let internals = Set(context.observed.evidence.filter { $0.body["internal"]?.bool == true }.map(\.id))
        for document in wanted {
            let topic = try TopicDocument(document)
            if internals.contains(document.id) {
                proposal.conflicts.append(
                    Conflict(
                        kind: name, id: document.id, why: "the target keeps an internal topic of this name",
                        hint: "rename the topic, or leave it out with \(leaving(context.stored(document.id)))."))
                continue
            }
            if let existing = present[document.id] {
                try proposeExisting(topic, existing, context, &proposal)
            } else {
                proposeNew(topic, context, &proposal)
            }
        }
        try await compareInheritance(wanted, context, &proposal)
        try await rehearse(context, &proposal)
        return proposal
    }

    private func proposeNew(_ topic: TopicDocument, _ context: ProposalContext, _ proposal: inout Proposal) {
        let id = ResourceID(topic.name)
        let brokers = context.remapping.targetBrokers.count
        guard topic.replicationFactor <= brokers else {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: id, why: "it wants \(topic.replicationFactor) replicas and the target has \(brokers) brokers",
                    hint: "give --replication-factor \(brokers) or less, or start more brokers."))
            return
        }
        if topic.assignment == nil {
            proposal.notes.append(Note(kind: name, id: id, text: "the target assigns the replicas: not every broker id has a counterpart"))
        }
        let minimum = topic.configs["min.insync.replicas"].flatMap { $0.validText }.flatMap { Int($0) }
        if let minimum, minimum > topic.replicationFactor {
            proposal.notes.append(
                Note(
                    kind: name, id: id,
                    text:
                        "min.insync.replicas=\(minimum) is more than its \(topic.replicationFactor) replicas: producers with acks=all will be refused"
                ))
        }
        proposal.steps.append(
            Step(kind: name, stage: stage, id: id, action: "create", from: nil, to: topic.body, reversibility: .compensable))
        proposal.expected.append(topic.document)
    }

    private func proposeExisting(
        _ topic: TopicDocument, _ existing: Document, _ context: ProposalContext, _ proposal: inout Proposal
    ) throws {
        let id = existing.id
        let found = try TopicDocument(existing)
        if context.existing == .fail {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: id, why: "the target already has it",
                    hint: "restore into an empty target, rename it, or give --existing validate or --existing update."))
            return
        }
        if satisfies(existing, topic.document) {
            proposal.expected.append(topic.document)
            return
        }
        guard context.existing == .update else {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: id, why: "the target has it otherwise", detail: Self.difference(found, topic),
                    hint: "give --existing update to alter what can be altered, or leave it out with \(leaving(context.stored(id)))."))
            return
        }
        guard found.partitions <= topic.partitions else {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: id,
                    why: "the target has more partitions, and they can only grow",
                    detail: "\(found.partitions), the snapshot \(topic.partitions)",
                    hint:
                        "delete the topic on the target if its records may go, rename it with --rename, or leave it out with \(leaving(context.stored(id)))."
                ))
            return
        }
        var wanted = topic
        // Replicas are not moved by a restore: the records would be copied between brokers.
        wanted.replicationFactor = found.replicationFactor
        wanted.assignment = nil
        // Overrides that only the target has stay: nothing is deleted.
        wanted.configs = found.configs.merging(topic.configs) { _, wanted in wanted }
        let own = found.configs.keys.filter { topic.configs[$0] == nil }.sorted()
        if !own.isEmpty {
            proposal.note(Surplus(id: id, what: "configs \(own.map(\.description).joined(separator: ", "))"), of: self, context)
        }
        if let kept = Self.otherReplicas(found, topic) {
            proposal.losses.append(Loss(kind: name, id: id, why: kept, isDifference: true))
        }
        if found.partitions < topic.partitions {
            proposal.notes.append(Note(kind: name, id: id, text: "growing it sends keys to other partitions than before"))
            proposal.steps.append(
                Step(
                    kind: name, stage: stage, id: id, action: "grow", from: .integer(Int64(found.partitions)),
                    to: .integer(Int64(topic.partitions)), reversibility: .irreversible))
        }
        if found.configs != wanted.configs {
            proposal.steps.append(
                Step(
                    kind: name, stage: stage, id: id, action: "alter", from: .object(found.configs.mapValues { .text($0) }),
                    to: .object(wanted.configs.mapValues { .text($0) }), reversibility: .reversible))
        }
        proposal.expected.append(wanted.document)
    }

    /// What is otherwise about the replicas, and stays so.
    private static func otherReplicas(_ found: TopicDocument, _ wanted: TopicDocument) -> String? {
        if found.replicationFactor != wanted.replicationFactor {
            return "it keeps its \(found.replicationFactor) replicas; the snapshot has \(wanted.replicationFactor)"
        }
        if let different = otherFactors(found, wanted) { return "it keeps other numbers of replicas than the snapshot has: \(different)" }
        guard let rows = found.assignment, let captured = wanted.assignment, !captured.starts(with: rows) else { return nil }
        return "its replicas stay on other brokers than in the snapshot"
    }

    /// Partitions that both have, with other numbers of replicas: `partition 3: 2, wanted 5`; nil where there are none.
    private static func otherFactors(_ found: TopicDocument, _ wanted: TopicDocument) -> String? {
        let rows = zip(found.assignment ?? [], wanted.assignment ?? []).map { ($0.count, $1.count) }
        let different = rows.enumerated().filter { $0.element.0 != $0.element.1 }
        guard let first = different.first else { return nil }
        let more = different.count > 1 ? " (and \((different.count - 1).counted("partition")) more)" : ""
        return "partition \(first.offset): \(first.element.0), wanted \(first.element.1)\(more)"
    }

    private static func difference(_ found: TopicDocument, _ wanted: TopicDocument) -> String {
        var parts: [String] = []
        if found.partitions != wanted.partitions { parts.append("partitions \(found.partitions), wanted \(wanted.partitions)") }
        if found.replicationFactor != wanted.replicationFactor {
            parts.append("replicas \(found.replicationFactor), wanted \(wanted.replicationFactor)")
        }
        let keys = Set(found.configs.keys).union(wanted.configs.keys).sorted().filter { found.configs[$0] != wanted.configs[$0] }
        if !keys.isEmpty { parts.append("configs \(keys.map(\.description).joined(separator: ", "))") }
        if parts.isEmpty { parts.append("replica assignment") }
        return parts.joined(separator: "; ")
    }
}
