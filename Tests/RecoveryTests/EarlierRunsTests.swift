import Bytes
import ClusterFixture
import Host
import KafkaSimulator
import NIOConcurrencyHelpers
import Repository
import Resources
import SchemaRegistryClient
import Seams
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
            #expect(first.registry.urls == stage.registry.urls.map { ByteString($0) } && !first.registry.urls.isEmpty)
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
            other.registry = TargetRegistry(
                urls: first.registry.urls, identity: RegistryIdentity(kafkaCluster: "another", group: "schema-registry"))
            try await expect(1, after: other, report: nil, "another registry under the same URL")
            other.registry = TargetRegistry(urls: ["http://another:8081"])
            try await expect(1, after: other, report: nil, "another registry")
            other = first
            other.steps = other.steps.filter { $0.kind != .schemas }
            try await expect(1, after: other, report: nil, "other kinds")
            try await expect(1, after: first, report: .restored, "a run that ended well")
            for verdict in [nil, RunReport.Verdict.interrupted, .validationFailed] {
                try await expect(0, after: first, report: verdict, "killed or ended early")
                try await expect(1, after: first, report: .partial, "a later run finished it")
            }
            other = first
            other.targetClusterID = "another"
            try await expect(0, after: other, report: nil, "the registry stayed, and the cluster beside it is another one")
            try await expect(1, after: first, report: .restored, "a run that ended well")
            // A run that cannot be read is no evidence, and no obstacle.
            try await stage.repository.putRun("2026-01-02T000000.000Z-00000001", "plan.json", Array("{".utf8))
            #expect(try await stage.plan().conflicts.count == 1)
            try await expect(0, after: first, report: nil, "killed")
            #expect(try await stage.plan().steps.last?.action != nil)
        }
    }

    /// What the cluster's and the offsets' failures say nothing about.
    @Test func aRunThatFinishedASubjectIsNoEvidenceOfItWhateverElseFailed() async throws {
        try await onATarget { stage in
            let plan = try await stage.plan()
            let steps = plan.steps.filter { $0.kind == .schemas }
            #expect(steps.count == 2)
            try await stage.register(steps[0])
            #expect(try await stage.plan().conflicts.count == 1, "nobody knows whose it is")
            try await stage.leave(1, plan, steps.map { ($0, "done") }, .validationFailed)
            #expect(try await stage.plan().conflicts.count == 1, "the subject was whole, and somebody deleted a version since")
            try await stage.leave(2, plan, [(steps[0], "done"), (steps[1], "skipped")], .interrupted)
            #expect(try await stage.plan().conflicts == [])
            try await stage.leave(3, plan, steps.map { ($0, "skipped") }, .validationFailed)
            #expect(try await stage.plan().conflicts == [], "it did nothing to the subject")
            try await stage.leave(4, plan, steps.map { ($0, "done") }, nil)
            #expect(try await stage.plan().conflicts.count == 1, "killed later, the subject being whole")
            try await stage.leave(5, plan, steps.map { ($0, "skipped") }, .interrupted)
            #expect(try await stage.plan().conflicts.count == 1, "it never came to the subject")
            try await stage.leave(6, plan, steps.map { ($0, "done") }, .validationFailed, missing: [steps[1].id])
            #expect(try await stage.plan().conflicts == [], "observing did not find what the registry said was done")
        }
    }

    @Test func aRunThatIsAtWorkIsNotTakenForAKilledOne() async throws {
        try await onATarget { stage in
            let plan = try await stage.plan()
            let steps = plan.steps.filter { $0.kind == .schemas }
            try await stage.register(steps[0])
            try await RestorePlace(stage.source).alone(in: stage.repository) { lease in
                try await stage.leave(1, plan, [(steps[0], "done")], nil, mark: String(lease.id.prefix(8)))
                try await stage.registry.setMode(.import, of: .subject("orders-value"), force: true)
                for existing in [ExistingPolicy.validate, .update] {
                    let conflicts = try await stage.plan(existing).conflicts
                    guard existing == .validate else {
                        #expect(conflicts == [])
                        continue
                    }
                    #expect(conflicts.map(\.id) == [steps[1].id, ResourceID("mode", "orders-value")], "\(conflicts)")
                    for conflict in conflicts {
                        #expect(
                            conflict.why.contains("a restore is at work there (tidemark restore onto cluster ")
                                && conflict.why.contains(", whose lease ends at 20"), "\(conflict)")
                        #expect(!conflict.why.contains("no restore left it so"), "\(conflict)")
                        #expect(!conflict.hint.contains("--existing") && conflict.hint.contains("wait until it is done"), "\(conflict)")
                    }
                }
            }
            #expect(try await stage.plan().conflicts == [], "its lease is over, and it left no report")
        }
    }

    @Test func aSubjectThatAnotherRunMadeWholeIsNotHalfFilledByALaterVersion() async throws {
        try await onATarget { stage in
            let plan = try await stage.plan()
            let steps = plan.steps.filter { $0.kind == .schemas }
            try await stage.register(steps[0])
            try await stage.leave(1, plan, [], nil)
            #expect(try await stage.plan().conflicts == [])
            // Of an older snapshot, which has the first version alone.
            var older = plan
            older.steps = []
            older.expected[.schemas] = plan.expected[.schemas]?.filter { $0.id != steps[1].id }
            try await stage.leave(2, older, [], .nothingToDo)
            #expect(try await stage.plan().conflicts.count == 1)
        }
    }

    @Test func whatAKilledRunFoundOnASubjectIsPutBackByTheNext() async throws {
        try await onATarget { stage in
            let id = ResourceID("mode", "orders-value")
            func former(_ level: JSON) -> JSON {
                .object(["former": .array([.object(["kind": "schemas", "id": id.json, "body": .object(["level": level])])])])
            }
            let plan = try await stage.plan()
            try await stage.registry.setMode(.import, of: .subject("orders-value"))
            try await stage.leave(1, plan, [], nil, more: [former("READONLY")])
            // A second one was killed, too, and says what it found.
            try await stage.leave(2, plan, [], nil, more: [former("READWRITE")])
            let next = try await stage.plan()
            // The snapshot has no mode there, and what stood there before comes back all the same.
            let kept = Loss(kind: .schemas, id: id, why: "it keeps mode READONLY, which the snapshot does not have", isDifference: true)
            #expect(next.conflicts == [] && next.losses == [kept])
            #expect(next.steps.last?.action == "put back mode" && next.steps.last?.to == .object(["level": "READONLY"]))
            let report = try await stage.replay(next)
            #expect(report.verdict == .partial && report.failed.isEmpty && report.differences == [] && report.problems == [])
            #expect(try await stage.registry.mode(of: .subject("orders-value")) == .readOnly)
            // That is done with: import mode is somebody else's from now on.
            try await stage.registry.setMode(.import, of: .subject("orders-value"), force: true)
            #expect(try await stage.plan().conflicts.map(\.id) == [id])
        }
    }

    @Test func whatSomebodySetBetweenTwoKilledRunsIsWhatIsPutBack() async throws {
        try await onATarget { stage in
            let id = ResourceID("mode", "orders-value")
            func former(_ level: JSON, observed: Bool) -> JSON {
                .object([
                    "former": .array([
                        .object(["kind": "schemas", "id": id.json, "body": .object(["level": level]), "observed": .bool(observed)])
                    ])
                ])
            }
            let plan = try await stage.plan()
            try await stage.registry.setMode(.import, of: .subject("orders-value"))
            try await stage.leave(1, plan, [], nil, more: [former("READONLY", observed: true)])
            try await stage.leave(2, plan, [], nil, more: [former("READWRITE", observed: true)])
            // Found in import mode, and handed on from a plan that had not seen the second run.
            try await stage.leave(3, plan, [], nil, more: [former("READONLY", observed: false)])
            #expect(try await stage.plan().steps.last?.to == .object(["level": "READWRITE"]))
        }
    }

    @Test func aModeThatAStepPutBackIsDoneWithWhateverElseFailed() async throws {
        try await onATarget { stage in
            let id = ResourceID("mode", "orders-value")
            let former = JSON.object([
                "former": .array([.object(["kind": "schemas", "id": id.json, "body": .object(["level": "READONLY"])])])
            ])
            let plan = try await stage.plan()
            try await stage.registry.setMode(.import, of: .subject("orders-value"))
            try await stage.leave(1, plan, [], nil, more: [former])
            let next = try await stage.plan()
            #expect(next.steps.last?.action == "put back mode")
            try await stage.leave(2, next, next.steps.map { ($0, "done") }, .validationFailed)
            #expect(try await stage.plan().conflicts.map(\.id) == [id], "import mode is somebody else's now")
        }
    }

    @Test func whatAKilledRunLeftOnASubjectThatIsNotRestoredNowIsSaid() async throws {
        try await onATarget { stage in
            let id = ResourceID("mode", "payments-value")
            let former = JSON.object(["former": .array([.object(["kind": "schemas", "id": id.json, "body": .null])])])
            let plan = try await stage.plan()
            try await stage.leave(1, plan, [], nil, more: [former])
            #expect(try await stage.plan().losses == [], "it is not in import mode")
            try await stage.registry.setMode(.import, of: .subject("payments-value"))
            let next = try await stage.plan()
            #expect(next.losses.map(\.id) == [id] && next.losses.first?.why.contains("IMPORT") == true, "\(next.losses)")
            #expect(try await stage.replay(next).verdict == .partial)
            #expect(try await stage.registry.mode(of: .subject("payments-value")) == .import, "it is not this restore's to change")
        }
    }

    @Test func aRestoreThatLostItsLeaseLeavesWhatItChangedToItsSuccessor() async throws {
        try await onATarget { stage in
            let plan = try await stage.plan()
            let storage = stage.repository.storage
            let noted = NIOLockedValueBox(0)
            let error = await #expect(throws: RepositoryError.self) {
                try await RestorePlace(stage.source).alone(in: stage.repository) { lease in
                    let journal = Journal(stage.repository, run: "2026-01-01T000000.000Z-00000001", time: HostTime(), lease: lease)
                    try await SchemasKind().apply(
                        plan.steps.filter { $0.kind == .schemas }, to: stage.source,
                        interim: { event in
                            // Its lease is taken away, as a killed restore's is, and its successor sets what is to be.
                            if event == .undoing {
                                for object in try await storage.all(under: "leases") { try await storage.delete(object.path) }
                                try await stage.registry.setMode(.readOnly, of: .subject("orders-value"), force: true)
                            }
                            try await journal.note(.schemas, event)
                            noted.withLockedValue { $0 += 1 }
                        }, done: { _, _ in })
                }
            }
            #expect(error?.code == .leaseLost)
            #expect(noted.withLockedValue { $0 } == 1, "what was there was put on record, and nothing after it")
            #expect(try await stage.registry.mode(of: .subject("orders-value")) == .readOnly)
        }
    }

    @Test func aRunThatPutEverythingBackLeavesNoEvidenceOfImportMode() async throws {
        try await onATarget { stage in
            let plan = try await stage.plan()
            let id = ResourceID("mode", "orders-value")
            let entry = JSON.object(["kind": "schemas", "id": id.json, "body": .null])
            let steps = plan.steps.filter { $0.kind == .schemas }
            try await stage.register(steps)
            try await stage.leave(1, plan, steps.map { ($0, "done") }, nil, more: [.object(["former": .array([entry])])])
            try await stage.registry.setMode(.import, of: .subject("orders-value"), force: true)
            #expect(try await stage.plan().steps.last?.action == "clear mode")
            try await stage.leave(
                2, plan, steps.map { ($0, "done") }, nil,
                more: [.object(["former": .array([entry])]), .object(["restored": .array([entry])])])
            #expect(try await stage.plan().conflicts.map(\.id) == [id])
        }
    }

    @Test(arguments: [1, 2]) func aJournalThatCannotBeWrittenAnyMoreEndsTheRunWithEverythingPutBackAndAccountedFor(
        _ written: Int
    ) async throws {
        try await onATarget { stage in
            let plan = try await stage.plan()
            #expect(plan.conflicts == [])
            // The intent of the schemas is written, and with two segments what was set before; their outcomes are not.
            let schemas = plan.steps.filter { $0.kind == .schemas }
            let full = FaultyStorage(stage.repository.storage) { verb, path in
                guard verb == .put, let name = path?.names.last?.validText, name.hasPrefix("journal-"),
                    name > "journal-00000\(written).json"
                else {
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

    // MARK: The registry's own level

    @Test func aLevelThatAKilledRunWasToSetIsNobodysChoiceAsLongAsItIsStillSo() async throws {
        let id = ResourceID("compatibility")
        try await onATarget(level: "NONE") { stage in
            let plan = try await stage.plan()
            let steps = plan.steps.filter { $0.kind == .schemas }
            #expect(plan.conflicts == [] && steps.map(\.id).last == id && steps.count == 3)
            let versions = steps.filter { $0.id != id }
            try await stage.register(versions)
            func expect(_ conflicts: [ResourceID], _ what: Comment) async throws {
                #expect(try await stage.plan().conflicts.map(\.id) == conflicts, what)
            }
            try await expect([id], "no journal tells of it")
            // Killed when every version was there: no subject is unfinished, the level is.
            try await stage.leave(1, plan, versions.map { ($0, "done") }, nil, existing: nil)
            try await expect([id], "an older version does not say whether it was told to update")
            try await stage.leave(2, plan, versions.map { ($0, "done") }, nil, existing: .update)
            try await expect([id], "it was told to, whoever had chosen the level")
            try await stage.leave(3, plan, steps.map { ($0, "skipped") }, .interrupted)
            try await expect([id], "it did nothing to the registry")
            try await stage.leave(4, plan, versions.map { ($0, "done") }, nil)
            try await expect([], "killed at it")

            try await stage.registry.setCompatibility(CompatibilitySetting(level: "FULL"), of: .global)
            try await expect([id], "somebody chose another one since")
            try await stage.registry.setCompatibility(CompatibilitySetting(level: "BACKWARD"), of: .global)
            _ = try await stage.registry.register(Registration(schema: Schema(text: "\"string\"")), under: "mine")
            try await expect([id], "somebody uses the registry as it is")
            for isForGood in [false, true] { _ = try await stage.registry.delete("mine", forGood: isForGood) }

            // Handed on from run to run.
            let earlier = try await EarlierRuns(stage.repository).unfinished(SchemasKind(), like: plan)
            #expect(earlier.unfinished.due == [id: .object(["level": "BACKWARD"])])
            #expect(Unfinished(json: earlier.json) == earlier.unfinished)
            try await stage.leave(5, plan, [(versions[0], "done")], .interrupted, unfinished: earlier)
            try await expect([], "stopped once more")
            let next = try await stage.plan()
            #expect(try await stage.replay(next).verdict == .restored)
            #expect(try await stage.registry.compatibility(of: .global)?.level == "NONE")
            try await stage.registry.setCompatibility(CompatibilitySetting(level: "BACKWARD"), of: .global)
            try await expect([id], "that is done with")
        }
    }

    // MARK: What cannot be attributed

    @Test func aRestoreToARegistryThatMayBeThisOneIsToldUntilItIsFinished() async throws {
        try await onATarget { stage in
            var other = try await stage.plan()
            other.registry = TargetRegistry(urls: ["http://another:8081"])
            try await stage.leave("2026-01-01T000000.000Z-000001-00000001", other, [], nil)
            let told = "a restore to the registry at http://another:8081 did not finish"
            func isTold() async throws -> Bool {
                try await stage.plan().notes.contains { $0.text.contains(told) }
            }
            for _ in 1...3 {
                #expect(try await isTold())
                _ = try await stage.replay(try await stage.plan())
            }
            let steps = other.steps.filter { $0.kind == .schemas }
            try await stage.leave("2026-01-01T000000.000Z-000100-00000001", other, steps.map { ($0, "done") }, .restored)
            #expect(try await !isTold())
        }
    }

    // MARK: Order and number of runs

    @Test func runsAreOrderedByTheirNumbersWhateverTheClockSaid() throws {
        let old = ["2031-01-01T000000.000Z-00000001", "2026-01-01T000000.000Z-00000002"].map { RunName($0) }
        #expect(old.allSatisfy { $0.number == nil })
        let first = RunName(at: try #require(Timestamp("2026-05-05T05:05:05Z")), after: old, mark: "aaaaaaaa")
        #expect(first.text == "2026-05-05T050505.000Z-000001-aaaaaaaa" && first.mark == "aaaaaaaa")
        // The clock was a year ahead, and then it was not.
        let second = RunName(at: try #require(Timestamp("2027-05-05T05:05:05Z")), after: old + [first], mark: "bbbbbbbb")
        let third = RunName(at: try #require(Timestamp("2026-05-06T05:05:05Z")), after: old + [first, second], mark: "cccccccc")
        #expect([third, second, old[0], first, old[1]].sorted() == [old[1], old[0], first, second, third])
        #expect(RunName(third.text) == third && third.number == 3)
    }

    /// A machine whose clock was ahead was killed at it; the next one, by a right clock, did it all. Then somebody sets import mode.
    @Test func aRunOfAClockThatWasAheadIsNotTakenForTheLastOne() async throws {
        try await onATarget { stage in
            let plan = try await stage.plan()
            let (steps, id) = (plan.steps.filter { $0.kind == .schemas }, ResourceID("mode", "orders-value"))
            let entry = JSON.object(["kind": "schemas", "id": id.json, "body": .null])
            try await stage.leave("2036-01-01T000000.000Z-000001-00000001", plan, [], nil, more: [.object(["former": .array([entry])])])
            try await stage.leave("2026-01-01T000000.000Z-000002-00000002", plan, steps.map { ($0, "done") }, .restored)
            try await stage.register(steps)
            try await stage.registry.setMode(.import, of: .subject("orders-value"), force: true)
            #expect(try await stage.plan().conflicts.map(\.id) == [id], "it is somebody else's")
        }
    }

    /// However many restores there were, onto this target and others, a plan reads the last one's journal.
    @Test func aPlanReadsOneRunHoweverManyThereWere() async throws {
        try await onATarget { stage in
            let plan = try await stage.plan()
            for run in 1...5 { try await stage.leave(run, plan, [], .interrupted) }
            let reads = NIOLockedValueBox<Set<String>>([])
            let watched = FaultyStorage(stage.repository.storage) { verb, path in
                if verb == .get, let names = path?.names.compactMap(\.validText), names.first == "runs" {
                    reads.withLockedValue { _ = $0.insert(names[1]) }
                }
                return nil
            }
            let repository = try await Repository.open(watched, time: HostTime(), chance: HostChance())
            let again = Stage(source: stage.source, registry: stage.registry, repository: repository, snapshot: stage.snapshot)
            _ = try await again.plan()
            #expect(reads.withLockedValue { $0.count } == 5, "older versions say nothing of what was before them")
            #expect(try await again.replay(try await again.plan()).verdict == .restored)
            // Onto other clusters and registries, too.
            for run in 100...140 {
                var other = plan
                (other.registry, other.targetClusterID) = (TargetRegistry(urls: [ByteString("http://other:\(run)")]), "other")
                let journal = Journal(
                    repository, run: "2026-01-01T000000.000Z-000\(run)-00000000", time: HostTime(), lease: try await stage.lease())
                try await journal.begin(other)
            }
            for _ in 1...3 { #expect(try await again.replay(try await again.plan()).verdict == .nothingToDo) }
            reads.withLockedValue { $0 = [] }
            _ = try await again.plan()
            #expect(reads.withLockedValue { $0.count } == 1)
        }
    }

    /// What a killed run left is known to all that follow, though they read only the last one.
    @Test func whatAKilledRunLeftIsHandedOnFromRunToRun() async throws {
        try await onATarget { stage in
            let id = ResourceID("mode", "payments-value")
            let former = JSON.object([
                "former": .array([.object(["kind": "schemas", "id": id.json, "body": .object(["level": "READONLY"])])])
            ])
            try await stage.leave(1, try await stage.plan(), [], nil, more: [former])
            try await stage.registry.setMode(.import, of: .subject("payments-value"))
            for _ in 1...3 {
                let plan = try await stage.plan()
                #expect(plan.losses.map(\.id) == [id] && plan.losses.first?.why.contains("READONLY") == true, "\(plan.losses)")
                _ = try await stage.replay(plan)
            }
        }
    }

    @Test func whatARunOfAnOlderVersionMayHaveLeftIsNotCalledSomebodyElses() async throws {
        try await onATarget { stage in
            let plan = try await stage.plan()
            let steps = plan.steps.filter { $0.kind == .schemas }
            try await stage.register(steps)
            // Killed after everything was registered, and before the mode was put back; it wrote down nothing of modes.
            try await stage.leave(1, plan, steps.map { ($0, "done") }, nil)
            try await stage.registry.setMode(.import, of: .subject("orders-value"), force: true)
            let next = try await stage.plan()
            let conflict = try #require(next.conflicts.first)
            #expect(conflict.id == ResourceID("mode", "orders-value") && next.conflicts.count == 1)
            #expect(
                conflict.why.contains("run 2026-01-01T000011.000Z-00000001") && conflict.why.contains("of an older version"), "\(conflict)")
            #expect(!conflict.why.contains("no restore left it so") && conflict.hint.contains("--existing update"))
            // One that ended well leaves no such doubt.
            try await stage.leave(2, plan, steps.map { ($0, "done") }, .restored)
            #expect(try await stage.plan().conflicts.first?.why.contains("no restore left it so") == true)
        }
    }

    private struct Stage: Sendable {
        let source: Source
        let registry: SchemaRegistryClient
        let repository: Repository
        let snapshot: SnapshotID

        func plan(_ existing: ExistingPolicy = .validate) async throws -> Plan {
            var options = RestoreOptions()
            options.existing = existing
            options.offsets = OffsetMode.none
            return try await Planning(repository: repository, snapshot: snapshot, target: source, options: options).run()
        }

        /// One that nobody holds.
        func lease() async throws -> RestoreLease {
            try await RestorePlace(source).alone(in: repository) { $0 }
        }

        func replay(_ plan: Plan) async throws -> RunReport {
            try await Replay(repository: repository, target: source, time: HostTime(), chance: HostChance()).run(plan)
        }

        /// Does steps as a restore does, and puts the mode back.
        func register(_ steps: Step...) async throws { try await register(steps) }

        func register(_ steps: [Step]) async throws {
            try await SchemasKind().apply(steps, to: source) { _, outcome in #expect(outcome == .done) }
        }

        /// What a run of `plan` leaves in the repository that began all of its steps.
        func leave(
            _ run: Int, _ plan: Plan, _ outcomes: [(step: Step, outcome: ByteString)], _ verdict: RunReport.Verdict?,
            missing: [ResourceID] = [], more: [JSON] = [], mark: String? = nil, existing: ExistingPolicy? = .validate,
            unfinished: EarlierWork? = nil
        ) async throws {
            try await leave(
                "2026-01-01T0000\(run + 10).000Z-\(mark ?? "0000000\(run)")", plan, outcomes, verdict, missing: missing, more: more,
                existing: existing, unfinished: unfinished)
        }

        func leave(
            _ id: String, _ plan: Plan, _ outcomes: [(step: Step, outcome: ByteString)], _ verdict: RunReport.Verdict?,
            missing: [ResourceID] = [], more: [JSON] = [], existing: ExistingPolicy? = .validate, unfinished: EarlierWork? = nil
        ) async throws {
            func named(_ step: Step, _ fields: [ByteString: JSON]) -> JSON {
                .object(
                    fields.merging([
                        "kind": .text(ByteString(step.kind.rawValue)), "id": step.id.json, "action": .text(ByteString(step.action)),
                    ]) {
                        $1
                    })
            }
            var fields = plan.json.object ?? [:]
            if let existing { fields["existing"] = .text(existing.rawValue) }
            if let unfinished { fields["unfinished"] = .object(["schemas": unfinished.json]) }
            try await repository.putRun(id, "plan.json", JSON.object(fields).canonicalBytes)
            var segments: [JSON] = [.object(["intent": .array(plan.steps.map(\.json))])] + more
            segments.append(
                .object([
                    "outcomes": .array(outcomes.map { named($0.step, ["result": .object(["outcome": .text($0.outcome)])]) })
                ]))
            for (number, segment) in segments.enumerated() {
                try await repository.putRun(id, "journal-00000\(number + 1).json", segment.canonicalBytes)
            }
            guard let verdict else { return }
            let report = JSON.object([
                "verdict": .text(ByteString(verdict.rawValue)),
                "entries": .array(outcomes.map { named($0.step, ["outcome": .text($0.outcome)]) }),
                "differences": .array(missing.map { .object(["kind": "schemas", "id": $0.json, "expected": .null, "observed": .null]) }),
            ])
            try await repository.putRun(id, "report.json", report.canonicalBytes)
        }
    }

    /// An empty cluster, and a snapshot of another that had a subject.
    private func onATarget(level: String? = nil, _ body: @Sendable (Stage) async throws -> Void) async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, _ in
            let registry = try #require(source.registry)
            for fields in [#"{"name":"a","type":"int"}"#, #"{"name":"a","type":"int"},{"name":"b","type":"int","default":0}"#] {
                _ = try await registry.register(
                    Registration(schema: Schema(text: ByteString(#"{"type":"record","name":"O","fields":[\#(fields)]}"#))),
                    under: "orders-value")
            }
            if let level { try await registry.setCompatibility(CompatibilitySetting(level: level), of: .global) }
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
