import Bytes
import Foundation
import Host
import Repository
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Commands

/// `forget`, `prune`, `pin` and `unpin` as an operator uses them, on a real directory.
@Suite struct RetentionVerbTests {
    struct Stage {
        let directory: String
        var path: String { "\(directory)/repository" }

        func repository() async throws -> Repository {
            try await Repository.open(DirectoryStorage(root: path, time: HostTime()), time: HostTime(), chance: HostChance())
        }

        /// Snapshots that were finished so many days ago, each with a page of its own; their ids, in the order of `days`.
        func publish(daysAgo days: [Int], tags: [String] = [], cluster: ByteString = "shop", grade: Certificate.Grade = .stable)
            async throws
            -> [SnapshotID]
        {
            let repository = try await repository()
            var ids: [SnapshotID] = []
            for day in days {
                let moment = HostTime().now().advanced(by: .seconds(-86_400 * day - 60))
                ids.append(
                    try await repository.withWriter(holder: "a test") { writer in
                        let root = try await writer.write(
                            (0..<20).map { Document(id: ResourceID(ByteString("topic-\($0 + 10)")), body: .text("\(cluster)\(moment)")) })
                        return try await writer.publish(
                            Manifest(
                                tool: .init(name: "tidemark", version: "1"), clusterID: cluster, brokers: 1, started: moment,
                                finished: moment,
                                sections: [Section(kind: "topics", part: .desired, root: root, state: .stable)],
                                certificate: Certificate(grade: grade), tags: tags))
                    })
            }
            return ids
        }

        func run(_ arguments: String...) async -> (code: ExitCode?, output: String, errors: String) { await run(arguments) }

        func run(_ arguments: [String], terminal: [String]? = nil) async -> (code: ExitCode?, output: String, errors: String) {
            let shell = FakeShell(
                terminal: terminal != nil, input: terminal ?? [], variables: ["NO_COLOR": "1", "TIDEMARK_REPOSITORY": path])
            let code = await shell.run(arguments)
            return (code, shell.output.text, shell.errors.text)
        }

        func json(_ arguments: String...) async throws -> JSON {
            let ended = await run(arguments + ["--json"])
            return try JSON.parse(Array(ended.output.utf8.dropLast()))
        }

        func present() async throws -> Set<SnapshotID> { try await repository().snapshotIDs() }
    }

    private func withStage(_ body: (Stage) async throws -> Void) async throws {
        try await withDirectory { directory in
            let stage = Stage(directory: directory)
            #expect(await stage.run("init").code == .success)
            try await body(stage)
            // Whatever was done, what is left is whole, and nobody is locked out.
            let report = try await stage.repository().check(readData: true)
            #expect(report.isSound, "\(report.findings)")
            let rest = try await stage.repository().storage.all(under: nil).map(\.path.description)
            #expect(!rest.contains { $0.hasPrefix("leases/") || $0.hasPrefix("candidates/") || $0.hasPrefix("readers/") })
        }
    }

    @Test func aDryRunGivesTheReasonOfEachAndChangesNothing() async throws {
        try await withStage { stage in
            let ids = try await stage.publish(daysAgo: [0, 1, 2, 3, 40], tags: ["nightly"])
            try await stage.repository().pin(ids[3], holder: "a test")
            let shown = await stage.run("forget", "--keep-last", "2", "--keep-monthly", "2", "--dry-run")
            #expect(shown.code == .success && shown.errors.isEmpty, "\(shown.errors)")
            let lines = shown.output.split(separator: "\n")
            #expect(
                lines.first?.split(separator: " ").map(String.init) == ["SNAPSHOT", "TAKEN", "CLUSTER", "TRUST", "TAGS", "VERDICT", "WHY"])
            func line(_ id: SnapshotID) -> String { String(lines.first { $0.hasPrefix(id.short) } ?? "") }
            #expect(line(ids[0]).contains("keep") && line(ids[0]).contains("the last complete one, the newest, last"))
            #expect(line(ids[2]).contains("forget") && line(ids[2]).hasSuffix("nothing keeps it"))
            #expect(line(ids[3]).hasSuffix("pinned") && line(ids[4]).hasSuffix("monthly"))
            #expect(lines.last == "1 snapshot would be forgotten, 4 stay.")
            let json = try await stage.json("forget", "--keep-last", "2", "--keep-monthly", "2", "-n")
            #expect(json["schema"] == "tidemark.forget/1" && json["dryRun"] == .bool(true) && json["prune"] == nil)
            #expect(json["snapshots"]?.array?.count == 5 && json["forgotten"] == .integer(1))
            #expect(try await stage.present() == Set(ids))
        }
    }

    @Test func whatGoesIsAskedFirstOrSaidByYes() async throws {
        try await withStage { stage in
            let ids = try await stage.publish(daysAgo: [0, 1, 2, 3])
            let unasked = await stage.run("forget", "--keep-last", "2")
            #expect(unasked.code == .usage && unasked.errors.contains("2 snapshots would be forgotten") && unasked.errors.contains("--yes"))
            let no = await stage.run(["forget", "--keep-last", "2"], terminal: ["n"])
            #expect(no.code == .interrupted && no.errors.contains("Forget 2 snapshots in \(stage.path)? [y/N] "))
            #expect(no.output.contains("nothing keeps it"), "they are shown before it is asked")
            #expect(try await stage.present() == Set(ids))
            let yes = await stage.run(["forget", "--keep-last", "2"], terminal: ["y"])
            #expect(yes.code == .success && yes.output.hasSuffix("2 snapshots forgotten, 2 kept.\n"), "\(yes.output)")
            #expect(try await stage.present() == Set(ids.prefix(2)))
            let again = await stage.run("forget", "--keep-last", "2")
            #expect(again.code == .success && again.output.hasSuffix("0 snapshots forgotten, 2 kept.\n"), "nothing is asked for nothing")
        }
    }

    @Test func namedOnesGoTogetherOrNotAtAll() async throws {
        try await withStage { stage in
            let ids = try await stage.publish(daysAgo: [0, 1, 2, 3])
            #expect(await stage.run("pin", ids[2].short, "--reason", "the audit's").code == .success)
            let refused = await stage.run("forget", ids[1].short, ids[2].short, "--yes")
            #expect(refused.code == .conflict)
            #expect(refused.errors.contains("snapshot \(ids[2].short) must stay (pinned); nothing was forgotten"), "\(refused.errors)")
            #expect(refused.errors.contains("hint: `tidemark unpin \(ids[2].short)` first"))
            let last = await stage.run("forget", "latest", "--yes")
            #expect(last.code == .conflict && last.errors.contains("the last complete one"))
            #expect(try await stage.present() == Set(ids))
            #expect(await stage.run("unpin", ids[2].short).code == .success)
            let done = await stage.run("forget", ids[1].short, ids[2].short, "--yes")
            #expect(done.code == .success && done.output.contains("2 snapshots forgotten, 2 kept."), "\(done.errors)")
            #expect(try await stage.present() == [ids[0], ids[3]])
            #expect(await stage.run("forget", "ffff", "--yes").code == .usage)
        }
    }

    @Test(arguments: [
        ["forget"], ["forget", "--keep-last", "0"], ["forget", "--keep-within", "soon"], ["forget", "--keep-within", "6m"],
        ["forget", "--keep-within", "1d6m"],
        ["forget", "--keep-within", "0d"], ["forget", "latest", "--keep-last", "1"],
        ["forget", "latest", "--tag", "x"], ["forget", "--keep-last", "1", "--time-zone", "Middle/Earth"],
        ["forget", "--keep-last", "1", "--lineage", "nobody"], ["pin"], ["pin", "latest", "--for", "0s"], ["prune", "--wait", "long"],
    ])
    func whatCannotBeMeantIsAUsageError(_ arguments: [String]) async throws {
        try await withStage { stage in
            let ids = try await stage.publish(daysAgo: [0, 1])
            let ended = await stage.run(arguments + (arguments[0] == "forget" ? ["--yes"] : []))
            #expect(ended.code == .usage && ended.errors.contains("hint: "), "\(ended.errors)")
            #expect(try await stage.present() == Set(ids))
        }
    }

    @Test func tagsAndLineagesNarrowWhatMayGo() async throws {
        try await withStage { stage in
            let nightly = try await stage.publish(daysAgo: [0, 1, 2], tags: ["nightly"])
            let release = try await stage.publish(daysAgo: [3, 4], tags: ["release"])
            let other = try await stage.publish(daysAgo: [0, 1], cluster: "other")
            let one = await stage.run("forget", "--keep-last", "1", "--tag", "nightly", "--lineage", "shop", "--yes")
            #expect(one.code == .success, "\(one.errors)")
            #expect(try await stage.present() == Set([nightly[0]] + release + other))
            let two = await stage.run("forget", "--keep-last", "1", "--keep-tag", "release", "--yes")
            #expect(two.code == .success)
            #expect(try await stage.present() == Set([nightly[0]] + release + [other[0]]))
        }
    }

    @Test func pruneFreesWhatIsForgottenAndSaysSo() async throws {
        try await withStage { stage in
            let ids = try await stage.publish(daysAgo: [0, 1, 2])
            let forgot = await stage.run("forget", "--keep-last", "1", "--yes", "--prune")
            #expect(forgot.code == .success && forgot.output.contains("2 snapshots forgotten, 1 kept.\nFreed "), "\(forgot.output)")
            #expect(forgot.output.contains(": 2 objects") && forgot.output.contains("In use: 1 object,"))
            #expect(try await stage.present() == [ids[0]])
            _ = try await stage.publish(daysAgo: [3])
            #expect(await stage.run("forget", "--keep-last", "1", "--yes").code == .success)
            let rehearsal = try await stage.json("prune", "--dry-run")
            #expect(
                rehearsal["schema"] == "tidemark.prune/1" && rehearsal["dryRun"] == .bool(true) && rehearsal["objectsFreed"] == .integer(1))
            let check = try await stage.repository().check(readData: false)
            #expect(check.findings.contains { $0.sort == "extra" }, "a dry run freed nothing")
            let freed = try await stage.json("prune")
            #expect(freed["objectsFreed"] == .integer(1) && freed["objectsKept"] == .integer(1) && freed["dryRun"] == .bool(false))
            #expect(try await stage.json("prune")["objectsFreed"] == .integer(0), "the second one finds nothing")
        }
    }

    @Test func pruneSaysWhomItWaitsForAndGivesUpWhenToldTo() async throws {
        try await withStage { stage in
            _ = try await stage.publish(daysAgo: [0, 1])
            #expect(await stage.run("forget", "--keep-last", "1", "--yes").code == .success)
            try await stage.repository().withWriter(holder: "a backup\u{1B} on host-7") { _ in
                let ended = await stage.run("prune", "--wait", "500ms")
                #expect(ended.code == .locked)
                #expect(ended.errors.contains("waiting for a backup\\\\x1b on host-7, which began before"), "\(ended.errors)")
                #expect(ended.errors.contains("nothing was deleted") && ended.errors.contains("hint: Prune again when it is done"))
            }
            let after = try await stage.json("prune")
            #expect(after["objectsFreed"] == .integer(1))
        }
    }

    @Test func pinsAreShownWithTheirReasons() async throws {
        try await withStage { stage in
            let ids = try await stage.publish(daysAgo: [0, 1])
            #expect(await stage.run("snapshots").output.contains("PINNED") == false)
            let pinned = try await stage.json("pin", ids[1].short, "--reason", "before the \u{1B}move", "--for", "30d")
            #expect(pinned["schema"] == "tidemark.pin/1" && pinned["pin"]?["snapshot"] == .text(ids[1].description))
            let listed = await stage.run("snapshots")
            #expect(listed.output.contains("PINNED") && listed.output.contains("before the \\u{1b}move"), "\(listed.output)")
            let shown = await stage.run("show", ids[1].short)
            #expect(shown.output.contains("  pinned   since ") && shown.output.contains("Z: before the \\u{1b}move\n"), "\(shown.output)")
            let json = try await stage.json("snapshots")["snapshots"]?.array ?? []
            #expect(json.first?["pin"] == .null && json.last?["pin"]?["reason"] == "before the \u{1B}move")
            #expect(json.last?["pin"]?["until"] != nil)
            #expect(try await stage.json("show", ids[0].short)["pin"] == .null)
            let unpinned = try await stage.json("unpin", ids[1].short)
            #expect(unpinned["schema"] == "tidemark.unpin/1" && unpinned["wasPinned"] == .bool(true))
            let again = await stage.run("unpin", ids[1].short)
            #expect(again.code == .nothingToDo && again.output.contains("was not pinned"))
        }
    }

    @Test func aPolicysRulesCountWhereNoneAreGiven() async throws {
        try await withStage { stage in
            let ids = try await stage.publish(daysAgo: [0, 1, 2, 3, 4])
            let policy = "\(stage.directory)/policy.yaml"
            try """
            version: 1
            clusters:
              - name: shop
                bootstrapServers: ["127.0.0.1:1"]
                properties: {default.api.timeout.ms: "1000"}
                repository: \(stage.path)
                retention: {every: 1d, keepLast: 3}
            """.write(toFile: policy, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: policy)
            let unknown = await stage.run("forget", "--policy", policy, "--yes")
            #expect(
                unknown.code == .conflict && unknown.errors.contains("only the cluster can tell whether it is its own"), "\(unknown.errors)"
            )
            #expect(try await stage.present() == Set(ids))
            // An agent's backup by this policy met the cluster there.
            let turns = try #require(try await stage.repository().turns(of: "shop"))
            try await turns.note(
                JobRecord(
                    began: HostTime().now(), isComplete: true, holder: "an agent", clusterID: "shop", addresses: ["127.0.0.1:1"]),
                of: "backup")
            let own = await stage.run("forget", "--policy", policy, "--cluster", "shop", "--keep-last", "4", "--yes")
            #expect(own.code == .success && own.output.contains("1 snapshot forgotten, 4 kept.") && !own.output.contains("Freed"))
            let policys = await stage.run("forget", "--policy", policy, "--yes")
            #expect(policys.code == .success && policys.output.contains("1 snapshot forgotten, 3 kept.\nFreed "), "\(policys.output)")
            #expect(try await stage.present() == Set(ids.prefix(3)))
            for arguments in [["prune"], ["pin", "latest"], ["unpin", "latest"]] {
                let ended = await stage.run(arguments + ["--policy", policy])
                #expect(ended.code == .success, "\(arguments): \(ended.errors)")
            }
        }
    }

    @Test func whatCannotBeReadIsNamedAndEndsWithTheRepositorysCode() async throws {
        try await withDirectory { directory in
            let stage = Stage(directory: directory)
            #expect(await stage.run("init").code == .success)
            let ids = try await stage.publish(daysAgo: [0, 1, 2])
            let storage = try await stage.repository().storage
            let object = try #require(try await storage.all(under: "snapshots").first { $0.path.description.contains("\(ids[2])") })
            try await storage.put(Array("{}".utf8), at: object.path, mode: .overwrite)
            let ended = await stage.run("forget", "--keep-last", "1", "--yes")
            #expect(ended.code == .repositoryDamaged && ended.output.contains("damaged: \(ids[2].short) cannot be read"), "\(ended.output)")
            #expect(try await stage.present() == [ids[0], ids[2]])
            let refused = await stage.run("prune")
            #expect(
                refused.code == .repositoryDamaged && refused.errors.contains("nothing is deleted, since what snapshot \(ids[2].short)"))
            #expect(await stage.run("forget", ids[2].short, "--yes").code == .success)
            #expect(await stage.run("prune").code == .success)
        }
    }
}
