import Bytes
import Host
import Recovery
import Repository
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Commands

/// What the catalog tells of resources: what was not asked for, or could not be read, is not gone; what is read again is not new.
@Suite struct CatalogStoryTests {
    private struct Look {
        var topics: [String: Int]
        var selection = ""
        var state = SectionState.stable
    }

    /// The rows of `resource_history`, `resource change`, after these looks at one cluster; and the names in `resource_latest`.
    private func story(_ looks: [Look]) async throws -> (history: [String], latest: [String]) {
        try await withDirectory { directory in
            let (path, catalog) = ("\(directory)/repository", "\(directory)/catalog.sqlite")
            let repository = try await Repository.initialize(
                DirectoryStorage(root: path, time: HostTime()), time: HostTime(), chance: HostChance())
            var parent: SnapshotID?
            for (number, look) in looks.enumerated() {
                let moment = HostTime().now().advanced(by: .seconds(-3_600 + 60 * number))
                parent = try await repository.withWriter(holder: "a test") { [parent] writer in
                    let root = try await writer.write(
                        look.topics.map { Document(id: ResourceID(ByteString($0)), body: .integer($1)) }.sorted { $0.id < $1.id })
                    var manifest = Manifest(
                        tool: .init(name: "tidemark", version: "1"), clusterID: "shop", brokers: 1, lineage: Lineage(parent: parent),
                        started: moment, finished: moment,
                        sections: [Section(kind: "topics", part: .desired, root: root, state: look.state)],
                        certificate: Certificate(grade: .stable))
                    manifest.selection = look.selection
                    return try await writer.publish(manifest)
                }
            }
            func ask(_ question: String) async throws -> [String] {
                let shell = FakeShell()
                #expect(await shell.run("catalog", "query", question, "--catalog", catalog, "--json") == .success)
                let rows = try JSON.parse(Array(shell.output.text.utf8.dropLast()))["rows"]?.array ?? []
                return rows.map { row in (row.array ?? []).compactMap { $0.text?.description }.joined(separator: " ") }
            }
            #expect(await FakeShell().run("catalog", "rebuild", "--repo", path, "--catalog", catalog) == .success)
            return (
                try await ask("SELECT resource, change FROM resource_history ORDER BY finished, resource"),
                try await ask("SELECT resource FROM resource_latest")
            )
        }
    }

    @Test func aSectionThatWasNotReadTellsNothing() async throws {
        var unread = SectionState.stable
        (unread.outcome, unread.reason) = (.unread, "nobody answered")
        let told = try await story([
            Look(topics: ["a": 1, "b": 1]), Look(topics: [:], state: unread), Look(topics: ["a": 1, "b": 2]),
            Look(topics: [:], state: unread),
        ])
        #expect(told.history == ["a added", "b added", "b changed"])
        #expect(told.latest == ["a", "b"])
    }

    @Test func whatHasHolesShowsNoResourceAsGoneAndTheNextWholeOneDoes() async throws {
        var holes = SectionState.stable
        holes.unread = [SectionState.UnreadPart(what: "b", why: "nobody answered")]
        let looks = [Look(topics: ["a": 1, "b": 1, "c": 1]), Look(topics: ["a": 2, "d": 1], state: holes)]
        let told = try await story(looks)
        #expect(told.history == ["a added", "b added", "c added", "a changed", "d added"])
        #expect(told.latest == ["a", "b", "c", "d"])
        let later = try await story(looks + [Look(topics: ["a": 2, "b": 1])])
        #expect(later.history == told.history + ["c removed", "d removed"], "d, which only the one with holes saw, too")
        #expect(later.latest == ["a", "b"])
    }

    @Test func aNarrowerBackupIsComparedWithThoseThatAskedForTheSame() async throws {
        let looks = [
            Look(topics: ["a": 1, "b": 1]), Look(topics: ["a": 2], selection: "+topics:a*"),
            Look(topics: [:], selection: "+consumer-groups"),
            Look(topics: ["a": 2, "b": 1]), Look(topics: [:], selection: "+topics:a*"), Look(topics: ["b": 1]),
        ]
        let told = try await story(looks)
        #expect(told.history == ["a added", "b added", "a changed", "a removed"])
        #expect(told.latest == ["b"])
    }
}
