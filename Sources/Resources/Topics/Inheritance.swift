public import Bytes
import KafkaClient
public import SnapshotModel

/// What topics inherit from their brokers where they set nothing themselves: the values that are not Kafka's own defaults.
public struct Inheritance: Sendable {
    /// By topic and config; JSON's null where the value is hidden. A topic that is not in it is not known.
    private var inherited: [ResourceID: [ByteString: JSON]] = [:]
    private var overrides: [ResourceID: Set<ByteString>] = [:]

    /// - Parameters:
    ///   - evidence: topics as they were observed; those without `inherited` are not known.
    ///   - desired: what the same topics set themselves.
    public init(evidence: [Document], desired: [Document]) {
        for document in evidence {
            if let members = document.body["inherited"]?.object { inherited[document.id] = members.mapValues { $0["value"] ?? .null } }
        }
        for document in desired { overrides[document.id] = Set(document.body["configs"]?.object?.keys.map { $0 } ?? []) }
    }

    /// Topics that are not known yet will inherit `values`.
    mutating func give(_ values: [ByteString: JSON], to topics: [ResourceID]) {
        for topic in topics where inherited[topic] == nil { inherited[topic] = values }
    }

    /// What `topics` inherit otherwise there than here, once for each pair of values, sorted by config. A topic that is not known on both sides
    /// is left out, and so is what it sets itself on either.
    public func drift(to other: Inheritance, over topics: [ResourceID]) -> [InheritedDrift] {
        var drifts: [InheritedDrift: [ResourceID]] = [:]
        for topic in topics {
            guard let here = inherited[topic], let there = other.inherited[topic], here != there else { continue }
            let own = (overrides[topic] ?? []).union(other.overrides[topic] ?? [])
            for config in Set(here.keys).union(there.keys).subtracting(own) where here[config] != there[config] {
                drifts[InheritedDrift(config: config, from: here[config], to: there[config]), default: []].append(topic)
            }
        }
        return drifts.map { drift, topics in
            InheritedDrift(config: drift.config, from: drift.from, to: drift.to, topics: topics.sorted())
        }.sorted { ($0.config, $0.topics.first ?? ResourceID("")) < ($1.config, $1.topics.first ?? ResourceID("")) }
    }
}

/// A config that topics inherit with another value in one place than in another: another default is another behaviour.
public struct InheritedDrift: Sendable, Hashable {
    public var config: ByteString
    /// Nil: Kafka's own default. JSON's null: a value that brokers do not tell.
    public var from: JSON?
    public var to: JSON?
    /// The topics that inherit it so, sorted.
    public var topics: [ResourceID] = []

    /// `from` and `to` are null for Kafka's own default, and `{"hidden":true}` for what brokers do not tell.
    public var json: JSON {
        func side(_ value: JSON?) -> JSON { value.map { $0 == .null ? .object(["hidden": .bool(true)]) : $0 } ?? .null }
        return .object(["config": .text(config), "from": side(from), "to": side(to), "topics": .array(topics.map(\.json))])
    }
}

extension TopicsKind {
    /// What topics of the target inherit. Every topic of a cluster inherits the same values where it does not override them, so those
    /// that are there tell; where none is, as in an empty cluster, the target is asked what a topic made now would have.
    func inheritedByTarget(_ wanted: [Document], _ context: ProposalContext) async throws -> [ByteString: JSON]? {
        let told = context.observed.evidence.compactMap { $0.body["inherited"]?.object }
        if !told.isEmpty {
            var values: [ByteString: JSON] = [:]
            for inherited in told { values.merge(inherited.mapValues { $0["value"] ?? .null }) { first, _ in first } }
            return values
        }
        guard let first = wanted.first else { return [:] }
        let name = try TopicDocument(first).name
        do {
            return try await context.target.client.configsOfNewTopic(name).map { entries in
                Self.inherited(entries).mapValues { $0["value"] ?? .null }
            }
        } catch {
            try Task.checkCancellation()
            return nil
        }
    }

    /// Says what the topics of the plan inherit otherwise on the target than they did on the source, in both directions.
    func compareInheritance(_ wanted: [Document], _ context: ProposalContext, _ proposal: inout Proposal) async throws {
        let topics = proposal.expected.map(\.id)
        guard !topics.isEmpty else { return }
        let evidence = context.evidence.map { document in
            Document(id: document.id.parts.first.map { ResourceID(context.remapping.topics($0)) } ?? document.id, body: document.body)
        }
        let source = Inheritance(evidence: evidence, desired: proposal.expected)
        proposal.inheritance = source
        var target = Inheritance(evidence: context.observed.evidence, desired: context.observed.desired)
        if let values = try await inheritedByTarget(wanted, context) {
            target.give(values, to: topics)
        } else {
            proposal.notes.append(
                Note(
                    kind: name,
                    text: "what new topics inherit from the target's brokers cannot be told beforehand; the restore's report tells it"))
        }
        proposal.inheritedDrift = source.drift(to: target, over: topics)
    }
}
