import Bytes
import ClusterFixture
import Host
import KafkaSimulator
import Repository
import Resources
import SchemaRegistryClient
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// What the journals of earlier restores are evidence of, and that a journal which cannot be written leaves nothing half done.
@Suite(.serialized) struct EarlierRunsTests {
    @Test func onlyAnUnfinishedRunOnThisVeryTargetIsEvidenceOfWhatItWasAt() async throws {
        try await onATarget { stage in
            // Just what a killed restore leaves, and what somebody else's preparations look like.
            try await stage.registry.setMode(.import, of: .subject("orders-value"))
            let first = try await stage.plan()
            #expect(first.conflicts.map(\.id) == [ResourceID("mode", "orders-value")])
            #expect(first.conflicts.first?.hint.contains("--existing update") == true)
            #expect(first.registryURLs == stage.registry.urls.map { ByteString($0) } && !first.registryURLs.isEmpty)
            var run = 0
            func expect(_ conflicts: Int, after plan: Plan, report verdict: RunReport.Verdict?, _ what: String) async throws {
                run += 1
                let id = "2026-01-01T0000\(run + 10).000Z-0000000\(run)"
                try await stage.repository.putRun(id, "plan.json", plan.json.canonicalBytes)
                let intent = JSON.object(["intent": .array(plan.steps.map(\.json))])
                try await stage.repository.putRun(id, "journal-000001.json", intent.canonicalBytes)
                if let verdict {
                    let report = JSON.object(["verdict": .text(verdict.rawValue)])
                    try await stage.repository.putRun(id, "report.json", report.canonicalBytes)
                }
                #expect(try await stage.plan().conflicts.count == conflicts, "\(what)")
            }
            var other = first
            other.targetClusterID = "another"
            try await expect(1, after: other, report: nil, "another cluster")
            other = first
            other.registryURLs = ["http://another:8081"]
            try await expect(1, after: other, report: nil, "another registry")
            other = first
            other.steps = other.steps.filter { $0.kind != .schemas }
            try await expect(1, after: other, report: nil, "other kinds")
            try await expect(1, after: first, report: .restored, "a run that ended well")
            for verdict in [nil, RunReport.Verdict.interrupted, .validationFailed] {
                try await expect(0, after: first, report: verdict, "killed or ended early")
                try await expect(1, after: first, report: .partial, "a later run finished it")
            }
            // A run that cannot be read is no evidence, and no obstacle.
            try await stage.repository.putRun("2026-01-02T000000.000Z-00000001", "plan.json", Array("{".utf8))
            #expect(try await stage.plan().conflicts.count == 1)
            try await expect(0, after: first, report: nil, "killed")
            #expect(try await stage.plan().steps.last?.action != nil)
        }
    }

    @Test func aJournalThatCannotBeWrittenAnyMoreEndsTheRunWithEverythingPutBackAndAccountedFor() async throws {
        try await onATarget { stage in
            let plan = try await stage.plan()
            #expect(plan.conflicts == [])
            // The intent of the schemas is written, their outcomes are not.
            let schemas = plan.steps.filter { $0.kind == .schemas }
            let full = FaultyStorage(stage.repository.storage) { verb, path in
                guard verb == .put, let name = path?.names.last?.validText, name.hasPrefix("journal-"), name > "journal-000001.json" else {
                    return nil
                }
                return .refuse(StorageError(code: .full, path: path?.description ?? "", message: "the disk is full", hint: ""))
            }
            let repository = try await Repository.open(full, time: HostTime(), chance: HostChance())
            var only = plan
            only.steps = schemas
            let stopped = try await #require(throws: RunStopped.self) {
                try await Replay(repository: repository, target: stage.source, time: HostTime(), chance: HostChance()).run(only)
            }
            #expect(stopped.report.problems.contains { $0.contains("the disk is full") }, "\(stopped.report.problems)")
            #expect(Set(stopped.report.entries.map(\.step)) == Set(schemas) && stopped.report.entries.count == schemas.count)
            #expect(try await stage.registry.mode(of: .subject("orders-value")) == nil)
            // The report could be written: the run is known not to have finished, and giving it again completes it.
            #expect(stopped.report.verdict == .validationFailed)
            #expect(try await stage.plan().conflicts == [])
        }
    }

    private struct Stage: Sendable {
        let source: Source
        let registry: SchemaRegistryClient
        let repository: Repository
        let snapshot: SnapshotID

        func plan() async throws -> Plan {
            var options = RestoreOptions()
            options.offsets = OffsetMode.none
            return try await Planning(repository: repository, snapshot: snapshot, target: source, options: options).run()
        }
    }

    /// An empty cluster, and a snapshot of another that had a subject.
    private func onATarget(_ body: @Sendable (Stage) async throws -> Void) async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, _ in
            let registry = try #require(source.registry)
            for fields in [#"{"name":"a","type":"int"}"#, #"{"name":"a","type":"int"},{"name":"b","type":"int","default":0}"#] {
                _ = try await registry.register(
                    Registration(schema: Schema(text: ByteString(#"{"type":"record","name":"O","fields":[\#(fields)]}"#))),
                    under: "orders-value")
            }
            _ = try await Capture(
                source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime()
            ).run()
        }
        let snapshot = try await repository.resolve("latest")
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [101]
        try await ClusterFixture.simulated(configuration) { source, _ in
            try await body(
                Stage(source: source, registry: try #require(source.registry), repository: repository, snapshot: snapshot))
        }
    }
}
