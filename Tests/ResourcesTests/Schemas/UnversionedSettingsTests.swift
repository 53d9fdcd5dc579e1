import Bytes
import ClusterFixture
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import SchemaRegistryClient
import SnapshotModel
import Testing
import Waiting

@testable import Resources

/// Settings of subjects that have no versions: no registry lists them, its topic names them.
@Suite(.serialized, .timeLimit(.minutes(3))) struct UnversionedSettingsTests {
    private static let kind = SchemasKind()

    /// A registry that keeps its topic on the cluster beside it: a simulated one, or the real ones that the environment names.
    private func besideItsTopic(
        _ flavour: RegistryFlavour = .confluent, _ body: @Sendable (Source, SchemaRegistryClient, _ prefix: ByteString) async throws -> Void
    ) async throws {
        guard ClusterFixture.realRegistry == nil else {
            return try await ClusterFixture.run { try await body($0, try #require($0.registry), $1) }
        }
        try await ClusterFixture.simulated(flavour: flavour, keepsTopic: true) { source, _ in
            try await body(source, try #require(source.registry), "t-")
        }
    }

    private func observe(_ source: Source, _ prefix: ByteString, naming ids: [ResourceID] = []) async throws -> [Document] {
        try await Self.kind.observe(Sweep(source), naming: ids).desired.filter {
            $0.id.parts.count == 2 && ($0.id.parts[1].hasPrefix(prefix) || $0.id.parts[1].hasPrefix(":." + prefix))
        }
    }

    private func propose(_ wanted: [Document], _ source: Source, _ existing: ExistingPolicy = .validate) async throws -> Proposal {
        try await Self.kind.propose(
            wanted,
            ProposalContext(
                target: source, observed: try await Self.kind.observe(Sweep(source), naming: wanted.map(\.id)), existing: existing,
                offsets: nil, remapping: .identity(brokers: []), topicsToCome: [:], evidence: []))
    }

    /// Levels, an alias, a mode, one of a context without subjects; and one that was taken back.
    private func fill(_ registry: SchemaRegistryClient, _ prefix: ByteString) async throws -> [Document] {
        let capabilities = try await registry.probe(forWriting: true)
        var alias = CompatibilitySetting(level: "FULL")
        if capabilities.keepsIDs { alias.others = ["alias": .string(prefix + "other")] }
        try await registry.setCompatibility(alias, of: .subject(prefix + "alias"))
        var wanted = [Document(id: ResourceID("compatibility", prefix + "alias"), body: alias.body)]
        try await registry.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject(prefix + "gone"))
        try await registry.deleteCompatibility(of: .subject(prefix + "gone"))
        guard capabilities.keepsIDs else { return wanted }
        try await registry.setCompatibility(CompatibilitySetting(level: "NONE"), of: .context("." + prefix + "c"))
        try await registry.setMode(RegistryMode(rawValue: "READONLY"), of: .subject(":." + prefix + "c:in"))
        wanted += [
            Document(id: ResourceID("compatibility", ":." + prefix + "c:"), body: .object(["level": "NONE"])),
            Document(id: ResourceID("mode", ":." + prefix + "c:in"), body: .object(["level": "READONLY"])),
        ]
        return wanted.sorted { $0.id < $1.id }
    }

    private func empty(_ registry: SchemaRegistryClient, _ wanted: [Document]) async throws {
        for document in wanted {
            let scope = SchemasKind.scope(of: document.id)
            if document.id.parts[0] == "mode" {
                try await registry.deleteMode(of: scope)
            } else {
                try await registry.deleteCompatibility(of: scope)
            }
        }
    }

    @Test(arguments: [RegistryFlavour.confluent, .karapace]) func theyAreObservedLostAndPutBack(_ flavour: RegistryFlavour) async throws {
        try await besideItsTopic(flavour) { source, registry, prefix in
            let wanted = try await fill(registry, prefix)
            do {
                let observation = try await Self.kind.observe(Sweep(source))
                #expect(observation.state == .stable, "\(observation.state)")
                #expect(try await observe(source, prefix) == wanted)
                #expect(try await observe(source, prefix) == wanted, "observing changes nothing")
                #expect(try await propose(wanted, source).steps == [])

                try await empty(registry, wanted)
                #expect(try await observe(source, prefix) == [])
                let proposal = try await propose(wanted, source)
                #expect(proposal.conflicts == [] && proposal.losses == [] && proposal.expected == wanted)
                #expect(proposal.steps.map(\.id) == wanted.map(\.id))
                try await Self.kind.apply(proposal.steps, to: source) { step, outcome in #expect(outcome == .done, "\(step)") }
                #expect(try await observe(source, prefix) == wanted)
                #expect(try await propose(wanted, source).steps == [])
            } catch {
                try? await empty(registry, wanted)
                throw error
            }
            try await empty(registry, wanted)
        }
    }

    @Test func aTargetWhoseTopicIsElsewhereIsLookedAtByName() async throws {
        try await ClusterFixture.simulated { target, _ in
            let registry = try #require(target.registry)
            let wanted = [Document(id: ResourceID("compatibility", "a"), body: .object(["level": "FULL"]))]
            let proposal = try await propose(wanted, target)
            try await Self.kind.apply(proposal.steps, to: target) { step, outcome in #expect(outcome == .done, "\(step)") }
            #expect(try await observe(target, "a") == [])
            #expect(try await observe(target, "a", naming: wanted.map(\.id)) == wanted)
            // Somebody set another one: it is not overwritten unless that is asked for.
            try await registry.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject("a"))
            #expect(try await propose(wanted, target).conflicts.map(\.id) == [ResourceID("compatibility", "a")])
            #expect(try await propose(wanted, target, .update).steps.map(\.from) == [.object(["level": "NONE"])])
        }
    }

    @Test func versionsAreNotRegisteredUnderASubjectThatIsAnAliasOnTheTarget() async throws {
        try await ClusterFixture.simulated { target, _ in
            let registry = try #require(target.registry)
            let schema = SchemaDocument(
                subject: "a", version: 1, id: 1, type: "AVRO", schema: "\"string\"", references: [], metadata: nil, ruleSet: nil,
                isDeleted: false)
            #expect(try await propose([schema.document], target).conflicts == [])
            try await registry.setCompatibility(CompatibilitySetting(level: nil, others: ["alias": .string("b")]), of: .subject("a"))
            let proposal = try await propose([schema.document], target)
            #expect(proposal.conflicts.map(\.id) == [ResourceID("compatibility", "a")])
            #expect(proposal.conflicts.first?.why.contains("alias of b") == true)
        }
    }

    /// What is soft-deleted stands in the topic still: the registry can give it back.
    @Test(arguments: [RegistryFlavour.confluent, .karapace]) func theyAreFoundBesideSoftDeletedVersions(
        _ flavour: RegistryFlavour
    ) async throws {
        try await ClusterFixture.simulated(flavour: flavour, keepsTopic: true) { source, _ in
            let registry = try #require(source.registry)
            try await registry.setCompatibility(CompatibilitySetting(level: "FULL"), of: .subject("unversioned"))
            for (subject, texts) in [("a", ["\"string\"", "[\"null\",\"string\"]"]), ("b", ["\"int\""]), ("c", ["\"long\""])] {
                for text in texts {
                    _ = try await registry.register(Registration(schema: Schema(text: ByteString(text))), under: ByteString(subject))
                }
            }
            try await registry.delete(1, of: "a")
            _ = try await registry.delete("b")
            func observe() async throws -> (versions: [ResourceID], settings: [ResourceID]) {
                let observation = try await Self.kind.observe(Sweep(source))
                #expect(observation.state == .stable, "\(observation.state)")
                let ids = observation.desired.map(\.id)
                return (ids.filter { $0.parts.count == 3 }, ids.filter { $0.parts.count == 2 })
            }
            let found = try await observe()
            #expect(found.settings == [ResourceID("compatibility", "unversioned")])
            #expect(found.versions.map { "\($0.parts[1])\($0.parts[2])" } == ["a1", "a2", "b1", "c1"])
            try await registry.delete(1, of: "a", forGood: true)
            #expect(try await observe().versions.count == 3)
        }
    }

    // MARK: Where the topic does not tell

    private func blindSpot(_ source: Source) async throws -> String? {
        let observation = try await Self.kind.observe(Sweep(source))
        #expect(observation.state.isComplete && observation.state.blindSpots.count <= 1)
        return observation.state.blindSpots.first.map { "\($0.what): \($0.why)" }
    }

    @Test func whyItDoesNotIsABlindSpotAndTheSectionIsComplete() async throws {
        try await ClusterFixture.simulated { source, _ in
            let spot = try await blindSpot(source)
            #expect(spot?.contains("is on another cluster (simulated-") == true)
        }
        try await ClusterFixture.simulated(flavour: .apicurio) { source, _ in
            let spot = try await blindSpot(source)
            #expect(spot?.contains("this cluster has no topic _schemas") == true)
        }
        try await ClusterFixture.simulated(flavour: .karapace, keepsTopic: true) { source, cluster in
            let registry = try #require(source.registry)
            #expect(try await blindSpot(source) == nil)
            _ = try await registry.register(Registration(schema: Schema(text: "\"string\"")), under: "a")
            #expect(try await blindSpot(source) == nil)
            _ = try await source.client.deleteTopics(["_schemas"])
            #expect(try await blindSpot(source)?.contains("this cluster has no topic _schemas") == true)
            // Another registry's, or one that lost records.
            _ = try await registry.register(Registration(schema: Schema(text: "\"int\"")), under: "b")
            #expect(try await blindSpot(source)?.contains("does not hold what the registry holds") == true)
        }
    }

    @Test func anEmptyRegistryDoesNotTakeAnothersTopicForItsOwn() async throws {
        try await ClusterFixture.simulated(flavour: .karapace, keepsTopic: true) { source, cluster in
            _ = try await source.registry?.register(Registration(schema: Schema(text: "\"string\"")), under: "a")
            try await RegistryServer.withRegistry(SimulatedRegistryConfiguration(flavour: .karapace), time: source.time) { _, url in
                try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: url) { other in
                    let spot = try await blindSpot(other)
                    #expect(spot?.contains("does not hold what the registry holds") == true)
                }
            }
        }
    }

    @Test func aTopicThatCannotBeReadToItsEndIsAnUnreadPart() async throws {
        try await ClusterFixture.simulated(keepsTopic: true) { source, cluster in
            try await source.registry?.setCompatibility(CompatibilitySetting(level: "FULL"), of: .subject("a"))
            cluster.inject(Fault(.error(.invalidRequest), of: .fetch, times: nil))
            let observation = try await Self.kind.observe(Sweep(source))
            #expect(observation.state.unread.map(\.what) == ["settings of subjects without versions"], "\(observation.state)")
            #expect(observation.state.unread.first?.why.contains("topic _schemas") == true)
            #expect(!observation.state.isComplete && observation.state.blindSpots == [])
        }
    }

    @Test func aLongTopicIsReadInParts() async throws {
        try await ClusterFixture.simulated(keepsTopic: true) { source, _ in
            let registry = try #require(source.registry)
            for number in 0..<3 {
                try await registry.setCompatibility(CompatibilitySetting(level: "FULL"), of: .subject(ByteString("s\(number)")))
                let filler = Record(timestamp: 0, key: Array("{}".utf8), value: [UInt8](repeating: 7, count: 900_000))
                _ = try await source.client.produce([filler], to: TopicPartition("_schemas", 0))
            }
            let before = source.client.statistics.totalCalls
            guard case .read(let topic) = try await RegistryTopic.look(source) else {
                Issue.record("it was not read")
                return
            }
            #expect(topic.compatibilities == ["s0", "s1", "s2"] && topic.modes == [] && topic.versions == [])
            // Metadata, where the log begins and ends, and a fetch a MiB, about.
            #expect((6...16).contains(source.client.statistics.totalCalls - before))
        }
    }

    @Test func theLastRecordOfAKeyCountsAndWhatIsNoKeyDoesNot() {
        var topic = RegistryTopic()
        func take(_ key: String?, _ value: String?) {
            topic.take(Record(timestamp: 0, key: key.map { Array($0.utf8) }, value: value.map { Array($0.utf8) }))
        }
        take(#"{"keytype":"CONFIG","subject":"a","magic":0}"#, "{}")
        take(#"{"keytype":"MODE","subject":"a","magic":0}"#, "{}")
        take(#"{"keytype":"CONFIG","subject":"b","magic":0}"#, "{}")
        take(#"{"keytype":"CONFIG","subject":"b","magic":0}"#, nil)
        take(#"{"magic":0,"subject":"c","keytype":"CONFIG"}"#, "{}")
        take(#"{"keytype":"CONFIG","subject":"c","magic":0}"#, "")
        take(#"{"keytype":"CONFIG","subject":null,"magic":0}"#, "{}")
        take(#"{"keytype":"NOOP","magic":0}"#, "x")
        take(#"{"keytype":"SCHEMA","subject":"a","version":2,"magic":1}"#, "{}")
        take("PUT /config", "{}")
        take(nil, "{}")
        #expect(topic.compatibilities == ["a"] && topic.modes == ["a"])
        #expect(topic.versions == [RegistryTopic.Version(subject: "a", number: 2)])
    }
}
