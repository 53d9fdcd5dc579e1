import Bytes
import KafkaClient
import KafkaProtocol
public import SnapshotModel

/// Dynamic broker configs: of each broker, and of the cluster's default.
///
/// Document: `{"configs":{"log.cleaner.threads":"2"}}`; id: the broker's number, or nothing for the cluster's default.
public struct BrokerConfigsKind: Kind {
    public init() {}

    public var name: KindName { .brokerConfigs }
    public var stage: Stage { .cluster }

    /// Throttles of replication would slow the restore itself, so they come back after everything else.
    static let heldBack: Set<ByteString> = [
        "leader.replication.throttled.rate", "follower.replication.throttled.rate", "replica.alter.log.dirs.io.max.bytes.per.second",
    ]

    /// Brokers refuse to more than double, or to less than halve, these at once.
    static let laddered: Set<ByteString> = [
        "num.io.threads", "num.network.threads", "num.replica.fetchers", "num.recovery.threads.per.data.dir", "background.threads",
    ]

    public func observe(_ sweep: Sweep) async throws -> Observation {
        var state = SectionState.stable
        var gaps: [Gap] = []
        var places: [SectionState.UnreadPart: ResourceID] = [:]
        func miss(_ broker: Int32?, _ what: String, _ why: String) {
            let part = SectionState.UnreadPart(what: what, why: why)
            state.unread.append(part)
            places[part] = broker.map { ResourceID(ByteString("\($0)")) }
        }
        let answers = try await sweep.brokerConfigs()
        for part in answers.unread { miss(part.broker, part.subject, part.error.message) }
        let brokers = try await sweep.describeCluster().brokers.map(\.id).sorted()
        // A broker that is down is not in the list of brokers any more: its configs are unread, not none.
        for (broker, why) in try await sweep.absentBrokers().reasons.sorted(by: { $0.key < $1.key }) {
            miss(broker, "configs of broker \(broker)", why)
        }
        var desired: [Document] = []
        for (resource, id, source) in brokers.map({ (ConfigResource.broker($0), ByteString("\($0)"), ConfigSource.dynamicBroker) })
            + [(.clusterDefault, "", ConfigSource.dynamicDefaultBroker)]
        {
            switch answers.value[resource] {
            case .none: continue  // Among the unread parts.
            case .failed(let code, let message):
                let subject = resource == .clusterDefault ? "configs of the default of all brokers" : "configs of broker \(id)"
                miss(id.validText.flatMap { Int32($0) }, subject, "\(code) \(message ?? "")")
            case .entries(let entries):
                var configs: [ByteString: JSON] = [:]
                for entry in entries where entry.source == source {
                    if let value = entry.value {
                        configs[entry.name] = .text(value)
                    } else {
                        gaps.append(
                            Gap(
                                kind: name, id: ResourceID(id), what: "config \(entry.name)",
                                why: "brokers do not tell the values of sensitive configs", resolver: nil))
                    }
                }
                if !configs.isEmpty { desired.append(Document(id: ResourceID(id), body: .object(["configs": .object(configs)]))) }
            }
        }
        return Observation(kind: name, desired: desired, state: state, gaps: gaps, places: places)
    }

    public func remap(_ wanted: [Document], _ remapping: Remapping) -> Remapped {
        var result = Remapped(documents: [])
        for document in wanted {
            guard let text = document.id.parts.first?.validText, !text.isEmpty, let broker = Int32(text) else {
                result.documents.append(document)
                continue
            }
            if let counterpart = remapping.brokers[broker] {
                let id = ResourceID(ByteString("\(counterpart)"))
                if id != document.id { result.storedIDs[id] = document.id }
                result.documents.append(Document(id: id, body: document.body))
            } else {
                result.conflicts.append(
                    Conflict(
                        kind: name, id: document.id, why: "broker \(broker) has configs of its own and no counterpart in the target",
                        hint: "name one with --broker-map \(broker)=<id>, or leave it out with --except broker-configs:\(broker)."))
            }
        }
        result.documents.sort { $0.id < $1.id }
        return result
    }

    /// A broker that is not up keeps nobody from changing the configs of others.
    public func hindrances(in observed: Observation, to wanted: [Document]) -> [SectionState.UnreadPart] {
        let ids = Set(wanted.map(\.id))
        return observed.state.unread.filter { part in observed.places[part].map(ids.contains) ?? true }
    }

    public func propose(_ wanted: [Document], _ context: ProposalContext) async throws -> Proposal {
        var proposal = Proposal()
        let present = context.observedByID
        for document in wanted {
            let old = present[document.id]?.body["configs"]?.object ?? [:]
            let new = document.body["configs"]?.object ?? [:]
            // Keys that only the target sets stay: nothing is deleted.
            let merged = old.merging(new) { _, wanted in wanted }
            proposal.expected.append(Document(id: document.id, body: .object(["configs": .object(merged)])))
            var own = old.keys.filter { new[$0] == nil }.sorted()
            if try await Self.isTheClustersOwn(own, of: document.id, context.target) {
                own.removeAll { $0 == Self.minimumInSync }
                proposal.notes.append(
                    Note(kind: name, id: document.id, text: "\(Self.minimumInSync) is set by the cluster itself, which keeps it"))
            }
            let names = own.map(\.description) + Self.secrets(onlyOn: document.id, context)
            if !names.isEmpty {
                proposal.note(Surplus(id: document.id, what: "configs \(names.joined(separator: ", "))"), of: self, context)
            }
            let differing = new.filter { old[$0.key] != $0.value }
            guard !differing.isEmpty else { continue }
            let clashes = differing.keys.filter { old[$0] != nil }.sorted()
            if !clashes.isEmpty, context.existing != .update {
                proposal.conflicts.append(
                    Conflict(
                        kind: name, id: document.id,
                        why: "the target sets other values for \(clashes.map(\.description).joined(separator: ", "))",
                        hint:
                            "give --existing update to take the snapshot's, or leave it out with \(leaving(context.stored(document.id)))."
                    ))
                continue
            }
            for (late, keys) in [
                (false, differing.filter { !Self.heldBack.contains($0.key) }), (true, differing.filter { Self.heldBack.contains($0.key) }),
            ]
            where !keys.isEmpty {
                proposal.steps.append(
                    Step(
                        kind: name, stage: late ? .offsets : .cluster, id: document.id, action: "alter",
                        from: .object(old.filter { keys[$0.key] != nil }), to: .object(keys), reversibility: .reversible))
            }
        }
        try await noteMissingRights(context.target, &proposal)
        return proposal
    }

    /// Sensitive configs that only the target sets: their values are told by nobody, that they are set is.
    private static func secrets(onlyOn id: ResourceID, _ context: ProposalContext) -> [String] {
        let stored = context.stored(id)
        let held = Set(context.gaps.filter { $0.id == stored }.map(\.what))
        return context.observed.gaps.filter { $0.id == id && !held.contains($0.what) }
            .map { $0.what.replacing("config ", with: "", maxReplacements: 1) }.sorted()
    }

    private static let minimumInSync: ByteString = "min.insync.replicas"

    /// A cluster that keeps eligible leader replicas (KIP-966; Kafka 4.1 where it is formatted anew) sets one config for all brokers by itself,
    /// and refuses to let go of it. What topics inherit of it is compared by itself.
    private static func isTheClustersOwn(_ keys: [ByteString], of id: ResourceID, _ target: Source) async throws -> Bool {
        guard resource(of: id) == .clusterDefault, keys.contains(minimumInSync) else { return false }
        return try await target.client.features()?.finalized["eligible.leader.replicas.version"].map { $0.upperBound > 0 } ?? false
    }

    /// Asked with *validate only*, a broker looks at the right first. What else it says is no matter of the plan: it may refuse at once what is
    /// reached in steps.
    private func noteMissingRights(_ target: Source, _ proposal: inout Proposal) async throws {
        var operations: [ConfigResource: [ByteString: ConfigChange.Operation]] = [:]
        for step in proposal.steps {
            operations[Self.resource(of: step.id), default: [:]].merge(ConfigChange.operations(from: nil, to: step.to)) { first, _ in first
            }
        }
        guard !operations.isEmpty else { return }
        let results: [ConfigResource: WriteResult]
        do {
            results = try await target.client.alterConfigs(operations.map { ConfigChange($0.key, $0.value) }, validateOnly: true)
        } catch {
            // Applying it will say so.
            return try Task.checkCancellation()
        }
        for step in proposal.steps where results[Self.resource(of: step.id)]?.error.isAuthorizationFailure == true {
            proposal.missingRights.append(MissingRight(step, .alterConfigs, on: .cluster))
        }
    }

    public func apply(_ steps: [Step], to target: Source, done: @Sendable (Step, StepOutcome) async throws -> Void) async throws {
        for step in steps {
            let resource = Self.resource(of: step.id)
            let operations = ConfigChange.operations(from: nil, to: step.to)
            try await climb(resource, operations, target)
            let results = try await target.alterConfigs([ConfigChange(resource, operations)])
            let name = step.id.parts.first?.isEmpty == false ? "broker \(step.id)" : "the cluster's default"
            try await done(step, results[resource].outcome(of: "configs of \(name)"))
        }
    }

    private static func resource(of id: ResourceID) -> ConfigResource {
        id.parts.first?.validText.flatMap { Int32($0) }.map { .broker($0) } ?? .clusterDefault
    }

    /// Walks thread counts towards their goal in doublings or halvings; the last step is left to the caller.
    private func climb(_ resource: ConfigResource, _ operations: [ByteString: ConfigChange.Operation], _ target: Source) async throws {
        let goals = operations.filter { Self.laddered.contains($0.key) }
        guard !goals.isEmpty else { return }
        let brokers = try await target.client.describeCluster().brokers
        // The cluster's default is bounded by what each broker has now; the first broker stands for all.
        var asked = resource
        if resource == .clusterDefault, let first = brokers.first { asked = .broker(first.id) }
        guard case .entries(let entries) = try await target.client.describeConfigs([asked], includeSynonyms: false).value[asked] else {
            return
        }
        for (name, operation) in goals.sorted(by: { $0.key < $1.key }) {
            guard case .set(let value) = operation, let goal = value.validText.flatMap({ Int32($0) }).map({ Int($0) }),
                var current = entries.first(where: { $0.name == name })?.value?.validText.flatMap({ Int32($0) }).map({ Int($0) }),
                current > 0, goal > 0
            else { continue }
            while goal > current * 2 || goal * 2 < current {
                current = goal > current ? current * 2 : (current + 1) / 2
                let step = ConfigChange(resource, [name: .set(ByteString("\(current)"))])
                guard try await target.alterConfigs([step])[resource]?.isDone == true else { break }
            }
        }
    }
}
