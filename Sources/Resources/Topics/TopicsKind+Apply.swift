import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

extension TopicsKind {
    /// How long a created topic may take to be known to every broker: a small broker under load was seen to need over a minute.
    static let visibleWithin = Duration.seconds(180)

    public func apply(_ steps: [Step], to target: Source, done: @Sendable (Step, StepOutcome) async throws -> Void) async throws {
        try await create(steps.filter { $0.action == "create" }, target, done)
        try await grow(steps.filter { $0.action == "grow" }, target, done)
        try await alter(steps.filter { $0.action == "alter" }, target, done)
    }

    private func create(_ steps: [Step], _ target: Source, _ done: @Sendable (Step, StepOutcome) async throws -> Void) async throws {
        guard !steps.isEmpty else { return }
        let topics = try steps.map { try NewTopic($0) }
        let results = try await Settled.write(
            topics, key: \.name, time: target.time, send: { try await target.client.createTopics($0) },
            claim: .init(isMade: { $0.error == .topicAlreadyExists }, within: Self.visibleWithin),
            look: { try await Self.look(for: $0, target) })
        let created = Set(topics.map(\.name).filter { results[$0]?.isDone == true })
        var sight = CreatedTopics(created)
        var failure: (any Error)?
        do {
            try await sight.wait(target)
        } catch {
            // What the controller answered is told all the same.
            failure = error
        }
        for step in steps {
            guard let name = step.id.parts.first else { continue }
            try await done(step, outcome(name, results[name], sight, isSought: failure == nil))
        }
        if let failure { throw failure }
    }

    /// Whether topics are there, of the size that was asked for; what else they are is seen when all is observed again.
    private static func look(for topics: [NewTopic], _ target: Source) async throws -> [ByteString: Settled.Sight] {
        let found = Dictionary(
            try await target.client.describeTopics(topics.map(\.name)).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var sights: [ByteString: Settled.Sight] = [:]
        for topic in topics {
            guard let seen = found[topic.name], seen.error != .topicAuthorizationFailed else { continue }
            let count = topic.assignments.isEmpty ? Int(topic.partitions) : topic.assignments.count
            let factor = topic.assignments[0]?.count ?? Int(topic.replicationFactor)
            let isAsAsked = seen.partitions.count == count && (factor < 0 || seen.partitions.first?.replicas.count == factor)
            sights[topic.name] = seen.flaw != nil ? .notYet : isAsAsked ? .made : .otherwise
        }
        return sights
    }

    private func outcome(_ name: ByteString, _ result: WriteResult?, _ sight: CreatedTopics, isSought: Bool) -> StepOutcome {
        let outcome = result.outcome(of: "topic \(name)")
        guard outcome == .done, !sight.known.contains(name) else { return outcome }
        if sight.hidden.contains(name) {
            let cause = "created, and this user may not see it: \(ErrorCode.topicAuthorizationFailed)"
            return .unknown(
                message: "topic \(name): \(cause)", hint: "grant DESCRIBE on it, then run the restore again: it observes first.",
                cause: cause)
        }
        guard isSought else {
            return .unknown(
                message: "topic \(name) was created; whether every broker knows it was not found out",
                hint: "run the restore again: it observes first.", cause: "created; whether every broker knows it was not found out")
        }
        return .unknown(
            message: "topic \(name) was created, but not every broker knows it after \(Self.visibleWithin)",
            hint: "run the restore again once the cluster is calm: it observes first.",
            cause: "created, but not every broker knows it after \(Self.visibleWithin)")
    }

    private func grow(_ steps: [Step], _ target: Source, _ done: @Sendable (Step, StepOutcome) async throws -> Void) async throws {
        let counts = steps.compactMap { NewPartitions($0) }
        guard !counts.isEmpty else { return }
        let results = try await Settled.write(
            counts, key: \.topic, time: target.time, send: { try await target.client.createPartitions($0) },
            claim: .init(isMade: { $0.error == .invalidPartitions }, within: Self.visibleWithin)
        ) { doubtful in
            let found = try await target.client.describeTopics(doubtful.map(\.topic))
            let partitions = Dictionary(found.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            var sights: [ByteString: Settled.Sight] = [:]
            for count in doubtful {
                guard let topic = partitions[count.topic], topic.flaw == nil else { continue }
                let (there, wanted) = (topic.partitions.count, Int(count.totalCount))
                sights[count.topic] = there == wanted ? .made : there < wanted ? .notYet : .otherwise
            }
            return sights
        }
        for step in steps {
            guard let name = step.id.parts.first else { continue }
            try await done(step, results[name].outcome(of: "partitions of topic \(name)"))
        }
    }

    private func alter(_ steps: [Step], _ target: Source, _ done: @Sendable (Step, StepOutcome) async throws -> Void) async throws {
        let changes = steps.compactMap { ConfigChange($0) }
        guard !changes.isEmpty else { return }
        let results = try await target.alterConfigs(changes)
        for step in steps {
            guard let name = step.id.parts.first else { continue }
            try await done(step, results[.topic(name)].outcome(of: "configs of topic \(name)"))
        }
    }
}

extension ConfigChange {
    /// What makes the overrides `to` of the overrides `from`, both objects of text by key.
    static func operations(from: JSON?, to: JSON?) -> [ByteString: Operation] {
        let (old, new) = (from?.object ?? [:], to?.object ?? [:])
        var operations: [ByteString: Operation] = [:]
        for key in Set(old.keys).union(new.keys) where old[key] != new[key] {
            operations[key] = new[key]?.text.map { .set($0) } ?? .delete
        }
        return operations
    }
}

extension WriteResult? {
    func outcome(of what: String) -> StepOutcome {
        self?.outcome(of: what)
            ?? .unknown(message: "\(what): no answer", hint: "run the restore again: it observes first.", cause: "no answer")
    }
}

extension WriteResult {
    /// The broker's answer as a step's outcome; `what` is named in the message.
    func outcome(of what: String) -> StepOutcome {
        let said = [error.isError ? "\(error)" : nil, message].compactMap { $0 }.joined(separator: ": ")
        switch outcome {
        case .done: return .done
        case .unknown:
            return .unknown(message: "\(what): \(said)", hint: "run the restore again: it observes the target first.", cause: said)
        case .notSent:
            return .failed(
                message: "\(what): \(said)", hint: "nothing was sent; mend the connection and run the restore again.", cause: said)
        case .refused: return .failed(message: "\(what): \(said)", hint: hint, cause: said)
        }
    }

    private var hint: String {
        if error.isAuthorizationFailure {
            return "grant the rights that docs/kafka-compatibility.md lists, then run the restore again."
        }
        switch error {
        case .policyViolation: return "the target's policy or limits refuse it: change them, or leave it out with --except."
        case .invalidConfig: return "the target does not know or allow this config: leave the resource out, or change it there first."
        default: return "mend the cause, then run the restore again: what is done is not done twice."
        }
    }
}
