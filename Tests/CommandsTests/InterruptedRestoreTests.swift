import Foundation
import Host
import KafkaSimulator
import Repository
import SchemaRegistryClient
import SnapshotModel
import Storage
import Subprocess
import Testing
import Waiting

@testable import Commands

/// The real program, stopped in the middle of applying a restore: what was done is on record, nothing is left in import mode, and the same
/// restore given again completes.
@Suite(.serialized) struct InterruptedRestoreTests {
    /// Where a restore is held up for the signal to find it.
    enum Place: String, CaseIterable, Sendable {
        case topics, schemas, offsets
    }

    @Test(arguments: Place.allCases) func ctrlCEndsItInOrderAndTheSameRestoreCompletes(_ place: Place) async throws {
        try await withTarget { target in
            let ended = try await target.restore(stoppedAt: place, by: SIGINT)
            #expect(ended.code == 130, "\(ended.errors)")
            let told = try #require(ended.errors.firstMatch(of: /interrupted: (\d+) of (\d+) changes were done/))
            #expect(ended.errors.contains("run the same restore again"))
            #expect(target.subjectsInImportMode() == [], "a subject in import mode refuses every producer")

            let run = try #require(try await target.runs().first)
            let (plan, report) = (try run.json("plan.json"), try run.json("report.json"))
            #expect(report["verdict"]?.text == "interrupted")
            let steps = plan["steps"]?.array ?? []
            #expect("\(steps.count)" == told.output.2)
            // The report and the journal tell of every step just once, and the same.
            let entries = report["entries"]?.array ?? []
            #expect(Set(entries.map(Run.name)) == Set(steps.map(Run.name)) && entries.count == steps.count)
            #expect("\(entries.filter { $0["outcome"]?.text == "done" }.count)" == told.output.1)
            let outcomes = try run.outcomes()
            #expect(outcomes.count == entries.count)
            #expect(
                Set(outcomes.map { "\(Run.name($0)) \($0["result"]?["outcome"]?.text ?? "")" })
                    == Set(entries.map { "\(Run.name($0)) \($0["outcome"]?.text ?? "")" }))
            // What it says was done is there, and what it says was not tried is not.
            #expect(entries.contains { $0["outcome"]?.text == "skipped" } == (place != .offsets))

            try await target.expectCompletion()
        }
    }

    @Test(arguments: Place.allCases) func aKilledRestoreLeavesAJournalAndTheSameRestoreCompletes(_ place: Place) async throws {
        try await withTarget { target in
            var target = target
            if place == .schemas {
                // Somebody's own choice, on a subject that has no version yet: it is to stay.
                let set = target.registry.serve("PUT", "/mode/payments-key", body: Array(#"{"mode":"READONLY"}"#.utf8))
                #expect(set.status == 200)
                target.isUpdate = true
            }
            let ended = try await target.restore(stoppedAt: place, by: SIGKILL)
            #expect(ended.signal == SIGKILL)
            let run = try #require(try await target.runs().first)
            #expect(run.files["report.json"] == nil, "a run without a report was ended from outside")
            // The journal says of each batch that was begun what was to be done, and of the last one that nobody knows.
            let intents = try run.intents()
            let outcomes = Set(try run.outcomes().map(Run.name))
            let undecided = try #require(intents.last?.filter { !outcomes.contains(Run.name($0)) })
            #expect(!undecided.isEmpty && undecided.allSatisfy { $0["stage"]?.text?.description == place.rawValue })
            #expect(intents.dropLast().joined().allSatisfy { outcomes.contains(Run.name($0)) }, "batches before it are settled")

            try await target.expectLeaseToBeWaitedFor()
            try await target.expectCompletion { [target] in
                guard target.isUpdate else { return }
                let mode = String(decoding: target.registry.serve("GET", "/mode/payments-key").body, as: UTF8.self)
                #expect(mode.contains("READONLY"), "\(mode)")
                _ = target.registry.serve("DELETE", "/mode/payments-key")
            }
            #expect(target.subjectsInImportMode() == [])
        }
    }

    @Test func aSecondRestoreIsRefusedWhileOneIsAtWork() async throws {
        try await withTarget { target in
            let ended = try await target.restore(stoppedAt: .schemas, by: 0) { process in
                let second = try await target.again()
                #expect(second.code == 16 && second.errors.contains("another restore onto this target is at work"), "\(second)")
                #expect(second.errors.contains("hint: ") && second.output.isEmpty)
                kill(process.value, SIGINT)
            }
            #expect(ended.code == 130)
            try await target.expectCompletion()
        }
    }

    /// After the last version, before the registry's own level: every subject is whole then.
    @Test(arguments: [SIGINT, SIGKILL]) func aRestoreStoppedBeforeTheLastLevelIsCompleted(_ signal: Int32) async throws {
        try await withTarget { target in
            target.registry.inject(.delay(.seconds(600)), of: "PUT", holding: "/config")
            let ended = try await target.restore(signal) {
                target.registry.calls.contains { $0.method == "PUT" && $0.target.hasPrefix("/config") }
            }
            #expect(signal == SIGKILL ? ended.signal == SIGKILL : ended.code == 130, "\(ended)")
            if signal == SIGKILL { try await target.expectLeaseToBeWaitedFor() }
            try await target.expectCompletion()
        }
    }

    @Test func whatSomebodyChoseAfterTheKilledRestoreIsAConflict() async throws {
        try await withTarget { target in
            let ended = try await target.restore(stoppedAt: .schemas, by: SIGINT)
            #expect(ended.code == 130, "\(ended.errors)")
            #expect(target.registry.serve("PUT", "/config", body: Array(#"{"compatibility":"FULL"}"#.utf8)).status == 200)
            let again = try await target.again()
            #expect(again.code == 13 && (again.output + again.errors).contains("the target's registry has it as FULL"), "\(again)")
            #expect(target.registry.serve("PUT", "/config", body: Array(#"{"compatibility":"BACKWARD"}"#.utf8)).status == 200)
            try await target.expectCompletion()
        }
    }

    @Test func aSecondCtrlCEndsItAtOnce() async throws {
        try await withTarget { target in
            // Putting the modes back takes for ever.
            target.registry.inject(.delay(.seconds(600)), of: "DELETE", holding: "/mode/")
            let ended = try await target.restore(stoppedAt: .schemas, by: SIGINT) { process in
                try await until("modes are put back") { target.registry.calls.contains { $0.method == "DELETE" } }
                kill(process.value, SIGINT)
            }
            #expect(ended.code == 130)
            #expect(!ended.errors.contains("interrupted:"), "nothing more was said")
            try await target.expectLeaseToBeWaitedFor()
            try await target.expectCompletion()
            #expect(target.subjectsInImportMode() == [])
        }
    }

    /// A company's cluster is backed up; `body` gets an empty one to restore it into.
    private func withTarget(_ body: @escaping @Sendable (Target) async throws -> Void) async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(await FakeShell().run("init", "--repo", repository) == .success)
            try await DemoCluster.with(brokers: [1, 2, 3], FakeShell().shell) { company in
                try await Seeding(client: company.source.client, registry: company.registry, time: company.source.time).run()
                // The registry's own level is not the one that every empty registry has.
                try await company.registry.setCompatibility(CompatibilitySetting(level: "NONE"), of: .global)
                let code = await FakeShell().run(
                    "backup", "--repo", repository, "--bootstrap-server", company.cluster.bootstrapServers, "--schema-registry",
                    company.registryURL)
                #expect(code == .success)
            }
            var configuration = SimulatorConfiguration()
            configuration.brokerIDs = [101, 102, 103]
            configuration.brokerProperties["auto.create.topics.enable"] = "false"
            try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
                try await RegistryServer.withRegistry(time: HostTime()) { registry, url in
                    try await body(Target(cluster: cluster, registry: registry, url: url, repository: repository))
                }
            }
        }
    }
}

/// A run as the repository keeps it.
private struct Run {
    var files: [String: [UInt8]] = [:]

    func json(_ name: String) throws -> JSON { try JSON.parse(try #require(files[name])) }
    private func segments() throws -> [JSON] { try files.keys.filter { $0.hasPrefix("journal-") }.sorted().map { try json($0) } }
    func intents() throws -> [[JSON]] { try segments().compactMap { $0["intent"]?.array } }
    func outcomes() throws -> [JSON] { try segments().flatMap { $0["outcomes"]?.array ?? [] } }

    /// What tells a step from another.
    static func name(_ step: JSON) -> String {
        let parts = [step["kind"] ?? .null, step["id"] ?? .null, step["action"] ?? .null]
        return String(decoding: JSON.array(parts).canonicalBytes, as: UTF8.self)
    }
}

private struct Target: Sendable {
    let cluster: SimulatedCluster
    let registry: SimulatedRegistry
    let url: String
    let repository: String
    /// Whether what only the target has may stay, which the restore then says with its exit code.
    var isUpdate = false

    private var arguments: [String] {
        [
            "restore", "--offsets", "exact", "--repo", repository, "--bootstrap-server", cluster.bootstrapServers, "--schema-registry",
            url,
        ] + (isUpdate ? ["--existing", "update"] : [])
    }

    func restore(
        stoppedAt place: InterruptedRestoreTests.Place, by signal: Int32,
        then: @escaping @Sendable (ProcessIdentifier) async throws -> Void = { _ in }
    ) async throws -> Binary.Ended {
        let held = Duration.seconds(600)
        switch place {
        case .topics:
            // The first two are the plan's: what a new topic would inherit, and the rehearsal.
            cluster.inject(Fault(.delay(.zero), of: .createTopics, times: 2))
            cluster.inject(Fault(.delay(held), of: .createTopics))
        case .schemas: registry.inject(.delay(held), of: "POST", holding: "/versions", skipping: 5)
        case .offsets:
            cluster.inject(Fault(.delay(.zero), of: .offsetCommit, times: 3))
            cluster.inject(Fault(.delay(held), of: .offsetCommit))
        }
        return try await Binary.run(arguments + ["--yes"]) { process in
            try await until("the restore is at its \(place)", atMost: .seconds(300)) {
                switch place {
                case .topics: (cluster.callCounts[.createTopics] ?? 0) >= 3
                case .schemas: registry.calls.filter { $0.method == "POST" && $0.target.hasSuffix("/versions") }.count >= 6
                case .offsets: (cluster.callCounts[.offsetCommit] ?? 0) >= 4
                }
            }
            kill(process.value, signal)
            try await then(process)
        }
    }

    /// Ended by a signal once it has come to where it is held up.
    func restore(_ signal: Int32, at isThere: @escaping @Sendable () -> Bool) async throws -> Binary.Ended {
        try await Binary.run(arguments + ["--yes"]) { process in
            try await until("the restore is where it is held up", atMost: .seconds(300)) { isThere() }
            kill(process.value, signal)
        }
    }

    func again() async throws -> Binary.Ended { try await Binary.run(arguments + ["--yes"]) }

    /// Nobody can tell a killed restore from one that is at work before its lease ends; then the next takes over, and says so. The time
    /// until then is taken off the lease.
    func expectLeaseToBeWaitedFor() async throws {
        let early = try await again()
        #expect(early.code == 16 && early.errors.contains("If it was killed, its lease in"), "\(early)")
        let folder = URL(filePath: repository).appending(path: "leases")
        let over = Date().addingTimeInterval(-200).ISO8601Format(.init(includingFractionalSeconds: true))
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let text = try String(contentsOf: file, encoding: .utf8)
            try text.replacing(/"until":"[^"]*"/, with: "\"until\":\"\(over)\"").write(to: file, atomically: true, encoding: .utf8)
        }
        try Data().write(to: URL(filePath: marker))
    }

    private var marker: String { repository + "-killed" }

    /// The same restore again does the rest, and the target is proved to be as the snapshot.
    func expectCompletion(_ afterwards: () -> Void = {}) async throws {
        let again = try await again()
        #expect(again.code == (isUpdate ? 10 : 0), "\(again.output)\(again.errors)")
        #expect(again.errors.contains("took over from a restore") == FileManager.default.fileExists(atPath: marker))
        afterwards()
        let proof = try await Binary.run(arguments + ["--stage", "validate"])
        #expect(proof.code == 0, "\(proof.output)\(proof.errors)")
        let difference = try await Binary.run([
            "diff", "latest", "--live", "--only", "schemas", "--only", "consumer-groups", "--exit-code", "--repo", repository,
            "--bootstrap-server", cluster.bootstrapServers, "--schema-registry", url,
        ])
        #expect(difference.code == 0, "\(difference.output)\(difference.errors)")
    }

    /// Subjects that any call put into import mode, and that are in it now.
    func subjectsInImportMode() -> [String] {
        let asked = Set(
            registry.calls.filter { $0.method == "PUT" && $0.target.hasPrefix("/mode/") }.map { $0.target.prefix { $0 != "?" } })
        return asked.map { String($0) }.sorted().filter { target in
            String(decoding: registry.serve("GET", target).body, as: UTF8.self).contains("IMPORT")
        }
    }

    func runs() async throws -> [Run] {
        let store = try await Repository.open(
            DirectoryStorage(root: repository, time: HostTime()), time: HostTime(), chance: HostChance())
        var runs: [String: Run] = [:]
        for (run, name) in try await store.runFiles() { runs[run, default: Run()].files[name] = try await store.getRun(run, name) }
        return runs.sorted { $0.key < $1.key }.map(\.value)
    }
}
