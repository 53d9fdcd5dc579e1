import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

extension TopicsKind {
    /// Lets the target say what it would refuse, before anything is written: a config that it does not know, a value out of its range, a
    /// policy. Kafka validates without doing where it is asked to.
    func rehearse(_ context: ProposalContext, _ proposal: inout Proposal) async throws {
        let target = context.target
        func steps(_ action: String) -> [Step] { proposal.steps.filter { $0.kind == name && $0.action == action } }
        let (created, grown, altered) = (steps("create"), steps("grow"), steps("alter"))
        let topics = try created.map { try NewTopic($0) }
        if !topics.isEmpty {
            let results = try await target.client.createTopics(topics, validateOnly: true)
            for step in created { judge(step, step.id.parts.first.flatMap { results[$0] }, context, &proposal) }
            try await noteHidden(created, target, &proposal)
        }
        let counts = grown.compactMap { NewPartitions($0) }
        if !counts.isEmpty {
            let results = try await target.client.createPartitions(counts, validateOnly: true)
            for step in grown { judge(step, step.id.parts.first.flatMap { results[$0] }, context, &proposal) }
        }
        let changes = altered.compactMap { ConfigChange($0) }
        if !changes.isEmpty {
            let results = try await target.client.alterConfigs(changes, validateOnly: true)
            for step in altered { judge(step, step.id.parts.first.flatMap { results[.topic($0)] }, context, &proposal) }
        }
    }

    /// To create a topic takes no right to see it afterwards, and a restore proves by seeing. Whether the topic is there already makes no
    /// difference to the answer.
    private func noteHidden(_ created: [Step], _ target: Source, _ proposal: inout Proposal) async throws {
        let hidden = try await target.client.hiddenTopics(among: Set(created.compactMap(\.id.parts.first)))
        for step in created {
            guard let topic = step.id.parts.first, hidden.contains(topic) else { continue }
            proposal.missingRights.append(MissingRight(step, .describe, on: .topic(topic)))
        }
    }

    private func judge(_ step: Step, _ result: WriteResult?, _ context: ProposalContext, _ proposal: inout Proposal) {
        guard let result, result.outcome == .refused else { return }
        let said = [result.error.isError ? "\(result.error)" : nil, result.message].compactMap { $0 }.joined(separator: ": ")
        switch result.error {
        case .invalidConfig, .policyViolation, .invalidPartitions, .invalidReplicationFactor, .invalidReplicaAssignment, .invalidRequest,
            .invalidTopic:
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: step.id, why: "the target refuses it: \(said)",
                    hint: "change what refuses it on the target, or leave the topic out with \(leaving(context.stored(step.id)))."
                ))
        case let error where error.isAuthorizationFailure:
            guard let topic = step.id.parts.first else { return }
            let operation: AclOperation =
                switch step.action {
                case "create": .create
                case "grow": .alter
                default: .alterConfigs
                }
            proposal.missingRights.append(MissingRight(step, operation, on: .topic(topic)))
        default: break  // Whatever passes by the time of applying, such as a quota for changes, is no matter of the plan.
        }
    }
}

extension NewTopic {
    init(_ step: Step) throws(MalformedDocument) {
        let document = Document(id: step.id, body: step.to ?? .null)
        let topic = try TopicDocument(document)
        self.init(
            name: topic.name, partitions: Int32(topic.partitions), replicationFactor: Int16(topic.replicationFactor),
            assignments: Dictionary(uniqueKeysWithValues: (topic.assignment ?? []).enumerated().map { (Int32($0.offset), $0.element) }),
            configs: topic.configs)
    }
}

extension NewPartitions {
    init?(_ step: Step) {
        guard let name = step.id.parts.first, let count = step.to?.int64 else { return nil }
        self.init(topic: name, totalCount: Int32(clamping: count), currentCount: Int32(clamping: step.from?.int64 ?? 0))
    }
}

extension ConfigChange {
    init?(_ step: Step) {
        guard let name = step.id.parts.first else { return nil }
        self.init(.topic(name), Self.operations(from: step.from, to: step.to))
    }
}
