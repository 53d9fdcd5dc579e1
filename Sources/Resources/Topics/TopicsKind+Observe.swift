import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

extension TopicsKind {
    public func observe(_ sweep: Sweep) async throws -> Observation { try await observe(sweep, rounds: 3) }

    /// At most so many `rounds` until two looks at the metadata agree; what still differs then is reported as moved.
    func observe(_ sweep: Sweep, rounds: Int) async throws -> Observation {
        var before = try await sweep.describeTopics()
        var found = try await look(at: before, sweep)
        for round in 1...rounds {
            let after = try await sweep.describeTopicsAnew()
            let moved = Self.moved(before, after)
            if moved.isEmpty { break }
            if round == rounds {
                found.state.moved = moved
                // What is gone by now cannot be read any more, and has moved.
                let gone = Set(before.map(\.name)).subtracting(after.map(\.name)).map { ResourceID($0) }
                let partsOfGone = Set(gone.flatMap { [Self.part($0), Self.configsPart($0)] })
                found.state.unread.removeAll { partsOfGone.contains($0.what) }
                break
            }
            before = after
            found = try await look(at: before, sweep)
        }
        try await compareWithLogDirs(sweep, &found)
        return found
    }

    private static func part(_ id: ResourceID) -> String { "topic \(id)" }
    private static func configsPart(_ id: ResourceID) -> String { "configs of topic \(id)" }

    private func look(at topics: [TopicDescription], _ sweep: Sweep) async throws -> Observation {
        var state = SectionState.stable
        var desired: [Document] = []
        var evidence: [Document] = []
        var gaps: [Gap] = []
        let configs = try await sweep.client.describeConfigs(topics.map { .topic($0.name) }, includeSynonyms: false)
        state.unread += configs.unread.map { SectionState.UnreadPart(what: $0.subject, why: $0.error.message) }
        let moves = try await ReplicaMoves.look(sweep.client)
        moves.judge(topics, &state)
        for topic in topics {
            let id = ResourceID(topic.name)
            if let flaw = topic.flaw {
                state.unread.append(SectionState.UnreadPart(what: Self.part(id), why: flaw))
                continue
            }
            let assignment = topic.partitions.map { moves.wanted($0, topic.name) }
            if assignment.contains([]) {
                state.unread.append(
                    SectionState.UnreadPart(what: Self.part(id), why: "the controller tells of a reassignment that leaves no replica"))
                continue
            }
            guard let answer = configs.value[.topic(topic.name)] else {
                // Its broker's batch is in the unread parts already; the topic is named too, so that a reader can find it.
                state.unread.append(SectionState.UnreadPart(what: Self.configsPart(id), why: "they were not answered"))
                continue
            }
            switch answer {
            case .failed(let code, let message):
                state.unread.append(SectionState.UnreadPart(what: Self.configsPart(id), why: "\(code) \(message ?? "")"))
            case .entries(let entries):
                evidence.append(Self.evidence(of: topic, entries, moves))
                // The cluster makes and keeps its internal topics by itself: recorded, never put back.
                guard !topic.isInternal else { continue }
                var overrides: [ByteString: ByteString] = [:]
                for entry in entries where entry.source == ConfigSource.dynamicTopic {
                    if let value = entry.value {
                        overrides[entry.name] = value
                    } else {
                        gaps.append(
                            Gap(
                                kind: name, id: id, what: "config \(entry.name)",
                                why: "brokers do not tell the values of sensitive configs",
                                resolver: nil))
                    }
                }
                desired.append(
                    TopicDocument(
                        name: topic.name, partitions: topic.partitions.count,
                        replicationFactor: assignment.first?.count ?? 0, assignment: assignment, configs: overrides
                    ).document)
            }
        }
        return Observation(kind: name, desired: desired, evidence: evidence, state: state, gaps: gaps)
    }

    /// What is only recorded: topic id, leaders, in-sync replicas, reassignments under way, and effective values that are inherited from the
    /// cluster.
    private static func evidence(of topic: TopicDescription, _ entries: [ConfigEntry], _ moves: ReplicaMoves) -> Document {
        let partitions = topic.partitions
        var fields: [ByteString: JSON] = [
            "topicId": .text(ByteString(topic.id.description)),
            "internal": .bool(topic.isInternal),
            "partitions": .integer(Int64(partitions.count)),
            "leaders": .array(partitions.map { .integer(Int64($0.leader ?? -1)) }),
            "inSyncReplicas": .array(partitions.map { .array($0.inSyncReplicas.sorted().map { .integer(Int64($0)) }) }),
            "inherited": .object(inherited(entries)),
        ]
        fields["reassigning"] = moves.evidence(of: topic)
        return Document(id: ResourceID(topic.name), body: .object(fields))
    }

    /// By config: `{"source":"dynamic-default-broker","value":"1"}` of those that the topic does not set and that are not Kafka's default.
    static func inherited(_ entries: [ConfigEntry]) -> [ByteString: JSON] {
        var inherited: [ByteString: JSON] = [:]
        for entry in entries where entry.source != ConfigSource.dynamicTopic && entry.source != ConfigSource.defaultValue {
            inherited[entry.name] = .object([
                "source": .text(entry.source.name), "value": entry.value.map { .text($0) } ?? .null,
            ])
        }
        return inherited
    }

    /// Topics that came, went, were made anew, grew or moved to other replicas between two looks.
    private static func moved(_ before: [TopicDescription], _ after: [TopicDescription]) -> [ResourceID] {
        func shape(_ topics: [TopicDescription]) -> [ByteString: [[Int32]]] {
            Dictionary(topics.map { ($0.name, $0.partitions.map(\.replicas)) }, uniquingKeysWith: { first, _ in first })
        }
        func ids(_ topics: [TopicDescription]) -> [ByteString: KafkaUUID] {
            Dictionary(topics.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
        }
        let (shapesBefore, shapesAfter) = (shape(before), shape(after))
        let (idsBefore, idsAfter) = (ids(before), ids(after))
        return Set(shapesBefore.keys).union(shapesAfter.keys)
            .filter { shapesBefore[$0] != shapesAfter[$0] || idsBefore[$0] != idsAfter[$0] }
            .map { ResourceID($0) }.sorted()
    }

    /// Names what metadata leaves out: topics that brokers hold and this user may not see.
    private func compareWithLogDirs(_ sweep: Sweep, _ found: inout Observation) async throws {
        let visibility = try await sweep.visibility()
        found.state.unread += visibility.unread
        let limits = [visibility.limited, found.state.limited].compactMap { $0 }
        found.state.limited = limits.isEmpty ? nil : limits.joined(separator: "; ")
        let visible = Set(found.evidence.map(\.id)).union(found.desired.map(\.id))
        for topic in visibility.hidden {
            found.state.unread.append(
                SectionState.UnreadPart(
                    what: Self.part(ResourceID(topic)), why: "this user may not see it: brokers hold it, their metadata leaves it out"))
        }
        found.state.moved += visibility.fresh.map { ResourceID($0) }.filter { !visible.contains($0) }
        found.evidenceState.unread += visibility.untold
        let counted = Dictionary(
            found.evidence.map { ($0.id, $0.body["partitions"]?.int64 ?? 0) }, uniquingKeysWith: { first, _ in first })
        for (topic, partitions) in visibility.uncounted.sorted(by: { $0.key < $1.key }) {
            let list = partitions.map(String.init).joined(separator: ", ")
            found.state.unread.append(
                SectionState.UnreadPart(
                    what: Self.part(ResourceID(topic)), why: "brokers hold partition \(list) of it, which their metadata leaves out"))
        }
        for (topic, partitions) in visibility.grown {
            // What was read of it before it grew is of a moment that was; a later look has it as it is now.
            guard let last = partitions.last, let count = counted[ResourceID(topic)], Int64(last) >= count else { continue }
            found.state.moved.append(ResourceID(topic))
        }
        found.state.moved.sort()
    }
}

extension TopicDescription {
    /// Why metadata does not tell how many partitions the topic has, or where they are; nil where it does. A partition without a leader, or
    /// with replicas that are down, is told as well as any.
    var flaw: String? {
        if error.isError { return "the broker answered \(error)" }
        if partitions.isEmpty { return "its metadata has no partition" }
        let indexes = partitions.map(\.index)
        let missing = MissingIndexes(of: indexes)
        if !missing.isEmpty { return "its metadata leaves out partition \(missing)" }
        if indexes.count != Set(indexes).count || indexes.contains(where: { $0 < 0 }) {
            return "its metadata numbers its partitions wrongly"
        }
        let untold = partitions.first {
            $0.replicas.isEmpty || ($0.error.isError && ![.leaderNotAvailable, .replicaNotAvailable, .listenerNotFound].contains($0.error))
        }
        guard let untold else { return nil }
        return untold.error.isError
            ? "the broker answered \(untold.error) for partition \(untold.index)"
            : "its metadata has no replica of partition \(untold.index)"
    }
}
