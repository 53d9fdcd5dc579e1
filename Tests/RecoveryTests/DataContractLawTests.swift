import Bytes
import ClusterFixture
import Host
import KafkaSimulator
import Repository
import Resources
import SchemaRegistryClient
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// The law of data contracts: whatever JSON stands in a schema's metadata and rules, and in a setting's, comes back from a backup as it
/// was, its numbers by their digits; and where it is, nothing differs.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DataContractLawTests {
    /// Members of a setting that hold JSON.
    private static let ofSettings: [ByteString] = ["defaultMetadata", "overrideMetadata", "defaultRuleSet", "overrideRuleSet"]

    @Test(arguments: [UInt64(1), 2, 3]) func anyJSONSurvives(_ seed: UInt64) async throws {
        var random = RandomJSON(seed: seed)
        let contracts = (0..<24).map { _ in Contract(&random) }
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        let selection = Selection(only: [try .init("schemas")])
        try await onARegistry { source in
            for (number, contract) in contracts.enumerated() { try await contract.put(source, number) }
            for (number, contract) in contracts.enumerated() { try await contract.expect(source, number, "the source has it") }
            var capture = Capture.Options(toolVersion: "test")
            capture.selection = selection
            let report = try await Capture(source: source, repository: repository, options: capture, time: HostTime()).run()
            #expect(report.manifest.certificate.grade == .stable, "\(report.manifest.certificate)")
            #expect(try await Comparison.live(report.snapshot, in: repository, source: source, selection: selection).isEmpty)
            try await onARegistry { target in
                var options = RestoreOptions()
                options.selection = selection
                func propose() async throws -> Plan {
                    try await Planning(repository: repository, snapshot: report.snapshot, target: target, options: options).run()
                }
                let plan = try await propose()
                #expect(plan.conflicts == [] && plan.losses == [], "\(plan.conflicts) \(plan.losses)")
                let run = try await Replay(repository: repository, target: target, time: HostTime(), chance: HostChance()).run(plan)
                #expect(run.verdict == .restored, "\(run.failed) \(run.differences)")
                for (number, contract) in contracts.enumerated() { try await contract.expect(target, number, "seed \(seed)") }
                let live = try await Comparison.live(report.snapshot, in: repository, source: target, selection: selection)
                #expect(live.isEmpty && live.caveats == [], "\(live)")
                let again = try await propose()
                #expect(again.steps == [] && again.conflicts == [])
            }
        }
    }

    /// Numbers that most readers of JSON change are among what is generated, or the law says little.
    @Test func whatIsGeneratedHasWhatIsEasilyLost() {
        var random = RandomJSON(seed: 1)
        let text = (0..<24).map { _ in Contract(&random).ruleSet.canonical.description }.joined()
        for part in ["1.50", "9007199254740993", "1e400", "-0", "$integer", "$base64", "e\u{301}", "\u{1f600}", "[]", "null"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    /// A registry that keeps rule sets, as Confluent's does under an enterprise licence.
    private func onARegistry(_ body: @Sendable (Source) async throws -> Void) async throws {
        var changed = SimulatedRegistryConfiguration()
        changed.keepsRuleSets = true
        let configuration = changed
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(configuration, time: HostTime(), cluster: cluster) { _, url in
                try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: url, body)
            }
        }
    }

    private struct Contract: Sendable {
        let metadata: RegistryJSON
        let ruleSet: RegistryJSON
        let ofSetting: [ByteString: RegistryJSON]

        init(_ random: inout RandomJSON) {
            metadata = random.object(depth: 4)
            ruleSet = random.object(depth: 4)
            ofSetting = Dictionary(uniqueKeysWithValues: DataContractLawTests.ofSettings.map { ($0, random.object(depth: 3)) })
        }

        /// A subject of that number with a schema of its own, and its setting.
        func put(_ source: Source, _ number: Int) async throws {
            let registry = try #require(source.registry)
            let text = #"{"type":"record","name":"R\#(number)","fields":[]}"#
            let schema = Schema(text: ByteString(text), metadata: metadata, ruleSet: ruleSet)
            _ = try await registry.register(Registration(schema: schema), under: ByteString("s\(number)"))
            // Every other one without versions.
            try await registry.setCompatibility(
                CompatibilitySetting(level: "FULL", others: ofSetting),
                of: .subject(ByteString(number % 2 == 0 ? "s\(number)" : "only\(number)")))
        }

        func expect(_ source: Source, _ number: Int, _ what: String) async throws {
            let registry = try #require(source.registry)
            let found = try await registry.version(1, of: ByteString("s\(number)"))
            #expect(found.schema.metadata == metadata, "\(what)")
            #expect(found.schema.ruleSet == ruleSet, "\(what)")
            let setting = try await registry.compatibility(of: .subject(ByteString(number % 2 == 0 ? "s\(number)" : "only\(number)")))
            for (name, value) in ofSetting { #expect(setting?.others[name] == value, "\(what): \(name)") }
        }
    }
}

/// JSON at random, with what is easily lost on the way.
struct RandomJSON {
    private let chance: SeededChance

    init(seed: UInt64) { chance = SeededChance(seed: seed) }

    private static let numbers = [
        "0", "-0", "-0.0", "1.50", "1e400", "1E+2", "9007199254740991", "9007199254740993", "-9223372036854775808",
        "123456789012345678901234567890",
        "0.1", "4.0", "2.5e-324", "166666600624692880.3166065384",
    ]
    private static let texts = [
        "", "a", "caf\u{e9}", "cafe\u{301}", "\u{1f600}", "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}", "$integer", "$$integer", "$base64",
        "$base64:AA==", "1.50", "null",
    ]

    mutating func object(depth: Int) -> RegistryJSON {
        var members: [ByteString: RegistryJSON] = [:]
        // Never empty: a registry may take no members for none of it.
        for number in 0...chance.number(in: 0...4) {
            let name = chance.number(in: 0...2) == 0 ? Self.texts[chance.number(in: 0...Self.texts.count - 1)] : "m\(number)"
            members[ByteString(name)] = value(depth: depth - 1)
        }
        return .object(members)
    }

    private mutating func value(depth: Int) -> RegistryJSON {
        switch chance.number(in: 0...(depth > 0 ? 8 : 5)) {
        case 0: return chance.number(in: 0...1) == 0 ? .null : .bool(chance.number(in: 0...1) == 0)
        case 1, 2, 3:
            return RegistryNumber(literal: Self.numbers[chance.number(in: 0...Self.numbers.count - 1)]).map { .number($0) } ?? .null
        case 4, 5: return .string(ByteString(Self.texts[chance.number(in: 0...Self.texts.count - 1)]))
        case 6:
            var elements: [RegistryJSON] = []
            for _ in 0..<chance.number(in: 0...3) { elements.append(value(depth: depth - 1)) }
            return .array(elements)
        default: return object(depth: depth)
        }
    }
}
