import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

extension TopicsKind {
    /// Lets the target say what it would refuse, before anything is written: a config that it does not know, a value out of its range, a
    /// policy. Kafka validates without doing where it is asked to.
    func rehearse(_ target: Source, _ proposal: inout Proposal) async throws {
        func steps(_ action: String) -> [Step] { proposal.steps.filter { $0.kind == name && $0.action == action } }
        var refused: [ResourceID: WriteResult] = [:]
        let topics = try steps("create").map { try NewTopic($0) }
        if !topics.isEmpty {
            for (topic, result) in try await target.client.createTopics(topics, validateOnly: true) { refused[ResourceID(topic)] = result }
        }
        let counts = steps("grow").compactMap { NewPartitions($0) }
        if !counts.isEmpty {
            for (topic, result) in try await target.client.createPartitions(counts, validateOnly: true) {
                refused[ResourceID(topic)] = result
            }
        }
        let changes = steps("alter").compactMap { ConfigChange($0) }
        if !changes.isEmpty {
            let results = try await target.client.alterConfigs(changes, validateOnly: true)
            for step in steps("alter") {
                guard let topic = step.id.parts.first, let result = results[.topic(topic)], !result.isDone else { continue }
                refused[step.id] = result
            }
        }
        for (id, result) in refused.sorted(by: { $0.key < $1.key }) { judge(id, result, &proposal) }
    }

    private func judge(_ id: ResourceID, _ result: WriteResult, _ proposal: inout Proposal) {
        guard result.outcome == .refused else { return }
        let said = [result.error.isError ? "\(result.error)" : nil, result.message].compactMap { $0 }.joined(separator: ": ")
        switch result.error {
        case .invalidConfig, .policyViolation, .invalidPartitions, .invalidReplicationFactor, .invalidReplicaAssignment, .invalidRequest,
            .invalidTopic:
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: id, why: "the target refuses it: \(said)",
                    hint: "change what refuses it on the target, or leave the topic out with --except topics:\(operatorName(of: id))."))
        case let error where error.isAuthorizationFailure:
            proposal.notes.append(
                Note(kind: name, id: id, text: "this user may not do it (\(said)): restore as one who may (docs/kafka-compatibility.md)"))
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
