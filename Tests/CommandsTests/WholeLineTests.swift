import Bytes
import Foundation
import SnapshotModel
import Testing

@testable import Commands

/// A directory of a test's own, gone afterwards.
func withDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("tidemark-commands-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

@Suite struct WholeLineTests {
    @Test func aClusterIsBackedUpLostRestoredAndProvedEqual() async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(try await answer("init", "--repo", repository, schema: "init").code == .success)
            let first = try await DemoCluster.with(brokers: [1, 2, 3], FakeShell().shell) { cluster in
                try await Seeding(client: cluster.source.client, registry: cluster.registry, time: cluster.source.time).run()
                return try await backUp(cluster, repository, directory)
            }
            try await look(at: first, repository, directory)
            try await DemoCluster.with(brokers: [101, 102, 103], FakeShell().shell) { cluster in
                try await restore(first, onto: cluster, repository)
            }
        }
    }

    private func backUp(_ cluster: DemoCluster, _ repository: String, _ directory: String) async throws -> String {
        let servers = cluster.cluster.bootstrapServers
        // The registry's address comes from the same file as Kafka's tools read.
        let properties = "\(directory)/client.properties"
        try "schema.registry.url=\(cluster.registryURL)\nclient.id=test\n".write(toFile: properties, atomically: true, encoding: .utf8)
        let connection = ["--repo", repository, "--bootstrap-server", servers, "--command-config", properties]
        let (code, report) = try await answer(["backup", "--tag", "nightly"] + connection, schema: "backup")
        #expect(code == .success, "\(report)")
        #expect(report["certificate"]?["grade"]?.text == "stable")
        #expect(report["unchanged"]?.bool == false)
        let sections = Dictionary(
            uniqueKeysWithValues: (report["sections"]?.array ?? []).map { ($0["kind"]?.text ?? "", $0["desired"]?.int64 ?? -1) })
        #expect(sections["topics"] == Int64(Company.topics.count))
        let (again, second) = try await answer(["backup"] + connection, schema: "backup")
        #expect(again == .success)
        #expect(second["unchanged"]?.bool == true)
        #expect(second["objectsWritten"]?.int64 == 0)
        let (live, comparison) = try await answer(["diff", "latest", "--live", "--exit-code"] + connection, schema: "diff")
        #expect(live == .success && comparison["equal"]?.bool == true)
        let (plan, refused) = try await answer(["plan", "--offsets", "exact"] + connection, schema: "plan")
        #expect(plan == .conflict, "the source itself is no target")
        #expect(refused["conflicts"]?.array?.isEmpty == false)
        let (health, finding) = try await answer(["health"] + connection.dropFirst(2), schema: "health")
        #expect(health == .success && finding["healthy"]?.bool == true, "\(finding)")
        for probe in ["--liveness", "--readiness", "--startup"] {
            #expect(try await answer("health", probe, "--bootstrap-server", servers, schema: "health").code == .success)
        }
        return try #require(report["snapshot"]?.text?.description)
    }

    private func look(at snapshot: String, _ repository: String, _ directory: String) async throws {
        let (_, list) = try await answer("snapshots", "--repo", repository, schema: "snapshots")
        #expect(list["snapshots"]?.array?.count == 2)
        let (_, tagged) = try await answer("snapshots", "--repo", repository, "--tag", "nightly", schema: "snapshots")
        #expect(tagged["snapshots"]?.array?.map { $0["id"]?.text?.description } == [snapshot])
        let (_, shown) = try await answer("show", "latest~1", "--repo", repository, schema: "show")
        #expect(shown["id"]?.text?.description == snapshot)
        let (_, topic) = try await answer("show", "--repo", repository, "--kind", "topics", "--id", "orders", schema: "show")
        #expect(topic["documents"]?.array?.first?["body"]?["partitions"]?.int64 == 12)
        let (_, dotted) = try await answer("show", "--repo", repository, "--kind", "topics", "--id", "orders.*", schema: "show")
        #expect(dotted["documents"]?.array?.count == 2)
        // What the list shows can be asked for.
        for kind in ["topics", "consumer-groups", "schemas", "broker-configs"] {
            let (_, listed) = try await answer("show", "--repo", repository, "--kind", kind, schema: "show")
            for document in (listed["documents"]?.array ?? []).prefix(3) {
                let id = try #require(document["id"])
                let name = try #require(ResourceID(json: id)).printable
                let (_, one) = try await answer("show", "--repo", repository, "--kind", kind, "--id", name, schema: "show")
                #expect(one["documents"]?.array?.contains(document) == true, "\(kind) \(name)")
            }
        }
        let (_, nothing) = try await answer("show", "--repo", repository, "--kind", "topics", "--id", "ordres", schema: "error")
        #expect(nothing["exitCode"]?.int64 == 64)
        let (equal, difference) = try await answer("diff", "latest~1", "latest", "--repo", repository, schema: "diff")
        #expect(equal == .success && difference["changes"]?.array == [])
        let (sound, check) = try await answer("check", "--read-data", "--repo", repository, schema: "check")
        #expect(sound == .success && check["whole"]?.array?.count == 2)
        let catalog = "\(directory)/catalog/index.sqlite"
        let (rebuilt, index) = try await answer("catalog", "rebuild", "--repo", repository, "--catalog", catalog, schema: "catalog")
        #expect(rebuilt == .success && index["snapshots"]?.int64 == 2)
        let (_, rows) = try await answer(
            "catalog", "query", "--catalog", catalog,
            "SELECT count(*) AS n FROM resource_latest WHERE kind = 'topics' AND part = 'desired'",
            schema: "query")
        #expect(rows["rows"] == .array([.array([.integer(Int64(Company.topics.count))])]))
        let (refused, _) = try await answer("catalog", "query", "--catalog", catalog, "DELETE FROM snapshots", schema: "error")
        #expect(refused == .usage)
    }

    private func restore(_ snapshot: String, onto cluster: DemoCluster, _ repository: String) async throws {
        let connection = [
            "--repo", repository, "--bootstrap-server", cluster.cluster.bootstrapServers, "--schema-registry", cluster.registryURL,
        ]
        let (undecided, _) = try await answer(["plan"] + connection, schema: "plan")
        #expect(undecided == .conflict, "where topics are empty the operator must choose the positions")
        let (unasked, _) = try await answer(["restore", snapshot, "--offsets", "exact"] + connection, schema: "error")
        #expect(unasked == .usage)
        #expect(try await cluster.source.client.describeTopics(nil).isEmpty, "nothing was changed without approval")

        let fake = FakeShell(terminal: true, input: ["n"])
        #expect(await fake.run(["restore", snapshot, "--offsets", "exact"] + connection) == .interrupted)
        #expect(try await cluster.source.client.describeTopics(nil).isEmpty, "nothing was changed after a no")
        #expect(fake.output.text.split(separator: "\n").first?.contains("Records are not restored") == true)

        let (code, run) = try await answer(["restore", snapshot, "--offsets", "exact", "--yes"] + connection, schema: "run")
        #expect(code == .success, "\(run)")
        #expect(run["verdict"]?.text == "restored" && run["differences"]?.array == [])
        let (nothing, _) = try await answer(["restore", snapshot, "--offsets", "exact", "--yes"] + connection, schema: "run")
        #expect(nothing == .nothingToDo)
        let (valid, validation) = try await answer(
            ["restore", snapshot, "--stage", "validate"] + connection, schema: "validation")
        #expect(valid == .success && validation["verdict"] == "equal", "nobody has to choose positions for a comparison")
        let (ready, _) = try await answer(["health"] + connection.dropFirst(2), schema: "health")
        #expect(ready == .success)
    }

    private func answer(_ arguments: [String], schema: String) async throws -> (code: ExitCode, json: JSON) {
        let fake = FakeShell()
        let code = try #require(await fake.run(arguments + ["--json"]))
        #expect(fake.output.text.filter { $0 == "\n" }.count == 1, "one object on one line: \(arguments) \(fake.errors.text)")
        let json = try JSON.parse(Array(fake.output.text.utf8.dropLast()))
        #expect(json["schema"]?.text?.description == "tidemark.\(schema)/1", "\(fake.output.text) \(fake.errors.text)")
        return (code, json)
    }

    private func answer(_ arguments: String..., schema: String) async throws -> (code: ExitCode, json: JSON) {
        try await answer(arguments, schema: schema)
    }

    @Test func theDemoProvesItselfOnOneScreen() async throws {
        let fake = FakeShell()
        #expect(await fake.run("demo") == .success, "\(fake.errors.text)")
        let lines = fake.output.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 24 && lines.allSatisfy { $0.count <= 120 })
        #expect(fake.output.text.contains("Proved equal"))
        let (code, json) = try await answer("demo", schema: "demo")
        #expect(code == .success && json["proved"]?.bool == true && json["differences"]?.int64 == 0)
    }
}
