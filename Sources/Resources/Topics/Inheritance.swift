import Bytes
import KafkaClient
import SnapshotModel

/// The effective values that a topic inherits, in the source and in the target: another default is another behaviour.
struct Inheritance {
    private let source: [ResourceID: Document]
    /// By config; a key that is not in it has Kafka's default. Nil where the target does not tell.
    private let target: [ByteString: JSON]?

    init(source: [Document], target: [ByteString: JSON]?) {
        self.source = Dictionary(source.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.target = target
    }

    func notes(for topic: TopicDocument) -> [Note] {
        let inherited = source[ResourceID(topic.name)]?.body["inherited"]?.object ?? [:]
        return inherited.sorted { $0.key < $1.key }.compactMap { key, value in
            guard topic.configs[key] == nil, let wanted = value["value"], wanted != target?[key] else { return nil }
            let had = wanted.text?.description ?? "hidden"
            guard let target else {
                return note(topic, "inherited \(key)=\(had) from the source cluster; what the target gives it cannot be told beforehand")
            }
            let has = target[key].map { $0.text?.description ?? "hidden" } ?? "Kafka's default"
            return note(topic, "inherited \(key)=\(had) from the source cluster; the target gives it \(has)")
        }
    }

    private func note(_ topic: TopicDocument, _ text: String) -> Note {
        Note(kind: .topics, id: ResourceID(topic.name), text: text)
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
}
