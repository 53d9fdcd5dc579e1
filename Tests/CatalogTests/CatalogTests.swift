import Bytes
import GRDB
import Glibc
import Seams
import SnapshotModel
import Testing

@testable import Catalog

/// A new folder, removed afterwards with the files in it.
func withFolder(_ body: (String) async throws -> Void) async throws {
    var template = Array("/tmp/tidemark-catalog-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    let folder = String(cString: made)
    defer {
        for name in ["catalog.sqlite", "catalog.sqlite-journal", "other.sqlite", "text"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }
    try await body(folder)
}

/// Changes as a repository would give them.
struct GivenChanges: AsyncSequence, Sendable {
    typealias Element = Change
    var changes: [Change]
    /// Fails after so many.
    var failsAfter: Int?
    struct Cut: Error {}

    struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<Change>
        var left: Int?
        mutating func next() async throws -> Change? {
            if let left {
                if left == 0 { throw Cut() }
                self.left = left - 1
            }
            return rest.popFirst()
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(rest: changes[...], left: failsAfter) }
}

/// Two snapshots of one cluster, the second after the first.
struct Story {
    static let place = Catalog.Place(repository: "00112233", location: "/backups/a")
    static let first = SnapshotID(bytes: [UInt8](repeating: 1, count: 32))!
    static let second = SnapshotID(bytes: [UInt8](repeating: 2, count: 32))!

    static func topic(_ name: ByteString, _ partitions: Int) -> Document {
        Document(id: ResourceID(name), body: .object(["partitions": .integer(partitions)]))
    }

    private static var stateOfTopics: SectionState {
        var state = SectionState.stable
        state.blindSpots = [SectionState.UnreadPart(what: "hidden ones", why: "nothing lists them")]
        return state
    }

    static func manifest(parent: SnapshotID?, finished: String, documents: Int) -> Manifest {
        let reference = PageReference(
            name: ObjectName(bytes: [UInt8](repeating: 3, count: 32))!, plainLength: 1, storedLength: 1,
            storedHash: [UInt8](repeating: 4, count: 32), documents: documents, first: ResourceID("a"), last: ResourceID("z"))
        return Manifest(
            tool: .init(name: "tidemark", version: "0.1.0"), clusterID: "c1", brokers: 3, lineage: Lineage(parent: parent),
            started: Timestamp("2026-11-23T10:00:00Z")!, finished: Timestamp(finished)!,
            sections: [
                Section(kind: "topics", part: .desired, root: TreeRoot(level: 0, reference: reference), state: stateOfTopics),
                Section(kind: "acls", part: .desired, root: .empty, state: .disabled("no authorizer")),
            ],
            gaps: [Gap(kind: "scram-users", id: ResourceID("eve\u{1b}"), what: "the secret", why: "never told", resolver: "vault")],
            certificate: Certificate(grade: .partial, reasons: ["no \"acls\""]), tags: ["nightly"])
    }

    static let firstChanges = GivenChanges(changes: [
        .added(topic("a", 1)), .added(topic("b", 1)), .added(topic("caf\u{e9}", 1)), .added(topic("cafe\u{301}", 1)),
    ])
    static let secondChanges = GivenChanges(changes: [.changed(from: topic("a", 1), to: topic("a", 6)), .removed(topic("b", 1))])
    static let none = GivenChanges(changes: [])

    static func tell(_ catalog: Catalog) async throws {
        try await catalog.ingest(manifest(parent: nil, finished: "2026-11-23T10:00:05Z", documents: 4), id: first, at: place) {
            $0.kind == "topics" ? firstChanges : none
        }
        try await catalog.ingest(manifest(parent: first, finished: "2026-11-24T10:00:05Z", documents: 3), id: second, at: place) {
            $0.kind == "topics" ? secondChanges : none
        }
    }
}

/// The code of the error that `body` throws, or nil where it throws none.
private func code(of body: () async throws -> Void) async -> CatalogError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? CatalogError)?.code
    }
}

@Suite struct CatalogTests {
    private func everything(_ catalog: Catalog) async throws -> [CatalogTable] {
        var tables: [CatalogTable] = []
        for view in CatalogView.all { tables.append(try await catalog.query("SELECT * FROM \(view.name)")) }
        return tables
    }

    @Test func viewsTellTheStory() async throws {
        try await withFolder { folder in
            let catalog = try Catalog.open("\(folder)/catalog.sqlite")
            try await Story.tell(catalog)
            let list = try await catalog.query("SELECT snapshot, parent, grade, gaps, json_extract(tags, '$[0]') FROM snapshot_list")
            #expect(
                list.rows == [
                    [.text(Story.first.description), .null, .text("partial"), .integer(1), .text("nightly")],
                    [.text(Story.second.description), .text(Story.first.description), .text("partial"), .integer(1), .text("nightly")],
                ])
            let history = try await catalog.query(
                "SELECT change, finished, json_extract(body, '$.partitions') FROM resource_history WHERE resource = 'a'")
            #expect(
                history.rows == [
                    [.text("added"), .text("2026-11-23T10:00:05.000Z"), .integer(1)],
                    [.text("changed"), .text("2026-11-24T10:00:05.000Z"), .integer(6)],
                ])
            let latest = try await catalog.query("SELECT hex(id) FROM resource_latest")
            #expect(latest.rows.count == 3, "b vanished; both normal forms of café are there")
            let sections = try await catalog.query("SELECT outcome, reason, documents FROM section_list WHERE kind = 'acls'")
            #expect(sections.rows.first == [.text("disabled"), .text("no authorizer"), .integer(0)])
            let unseen = try await catalog.query(
                "SELECT DISTINCT kind, blind_spots FROM section_list WHERE json_array_length(blind_spots) > 0")
            #expect(unseen.rows == [[.text("topics"), .text(#"["hidden ones: nothing lists them"]"#)]])
            let gaps = try await catalog.query("SELECT resource, resolver FROM gap_list")
            #expect(gaps.rows.first == [.text("eve\\x1b"), .text("vault")])
            #expect(try await catalog.snapshots(of: "00112233") == [Story.first, Story.second])
        }
    }

    @Test func columnsAreThoseDocumented() async throws {
        try await withFolder { folder in
            let catalog = try Catalog.open("\(folder)/catalog.sqlite")
            for view in CatalogView.all {
                #expect(try await catalog.query("SELECT * FROM \(view.name)").columns == view.columns.map(\.name))
            }
        }
    }

    @Test func deletingTheFileLosesNothing() async throws {
        try await withFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            let before: [CatalogTable]
            do {
                let catalog = try Catalog.open(path)
                try await Story.tell(catalog)
                before = try await everything(catalog)
            }
            #expect(unlink(path) == 0)
            let anew = try Catalog.open(path)
            try await Story.tell(anew)
            #expect(try await everything(anew) == before)
            try await anew.clear()
            let empty = try await everything(anew)
            #expect(empty.allSatisfy { $0.rows.isEmpty })
            try await Story.tell(anew)
            #expect(try await everything(anew) == before)
        }
    }

    @Test func tellingTwiceIsTellingOnce() async throws {
        try await withFolder { folder in
            let catalog = try Catalog.open("\(folder)/catalog.sqlite")
            try await Story.tell(catalog)
            let once = try await everything(catalog)
            try await Story.tell(catalog)
            #expect(try await everything(catalog) == once)
        }
    }

    @Test func aSnapshotHalfAddedIsInNoView() async throws {
        try await withFolder { folder in
            let catalog = try Catalog.open("\(folder)/catalog.sqlite")
            let manifest = Story.manifest(parent: nil, finished: "2026-11-23T10:00:05Z", documents: 2_000)
            let many = GivenChanges(changes: (0..<2_000).map { .added(Story.topic(ByteString("t\($0 + 10_000)"), 1)) }, failsAfter: 1_200)
            await #expect(throws: GivenChanges.Cut.self) {
                try await catalog.ingest(manifest, id: Story.first, at: Story.place) { $0.kind == "topics" ? many : Story.none }
            }
            let tables = try await everything(catalog)
            #expect(tables.allSatisfy { $0.rows.isEmpty })
            #expect(try await catalog.snapshots(of: Story.place.repository).isEmpty)
            let whole = GivenChanges(changes: many.changes)
            try await catalog.ingest(manifest, id: Story.first, at: Story.place) { $0.kind == "topics" ? whole : Story.none }
            #expect(try await catalog.query("SELECT count(*) FROM resource_history").rows == [[.integer(2_000)]])
        }
    }

    @Test func snapshotsThatAreGoneCanBeForgotten() async throws {
        try await withFolder { folder in
            let catalog = try Catalog.open("\(folder)/catalog.sqlite")
            try await Story.tell(catalog)
            try await catalog.keepOnly([Story.second], of: Story.place.repository)
            #expect(try await catalog.query("SELECT snapshot FROM snapshot_list").rows == [[.text(Story.second.description)]])
            #expect(try await catalog.query("SELECT count(*) FROM gap_list").rows == [[.integer(1)]])
        }
    }

    @Test(arguments: [
        "DELETE FROM snapshots", "DROP TABLE snapshots", "UPDATE snapshots SET grade = 'stable'", "CREATE TABLE x (a)",
        "PRAGMA user_version = 5",
        "SELECT 1; DELETE FROM snapshots", "INSERT INTO repositories VALUES ('x', 'y') RETURNING *", "SELEC", "", "SELECT * FROM nowhere",
        "VACUUM",
        "ATTACH '/tmp/tidemark-no-such-file' AS other", "BEGIN",
    ]) func onlyQuestionsAreAnswered(_ sql: String) async throws {
        try await withFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            let catalog = try Catalog.open(path)
            try await Story.tell(catalog)
            let before = try await everything(catalog)
            for asked in [catalog, try Catalog.openReadOnly(path)] {
                #expect(await code { _ = try await asked.query(sql) } == .badQuery, "\(sql)")
            }
            #expect(try await everything(catalog) == before)
            #expect(access("/tmp/tidemark-no-such-file", F_OK) != 0)
        }
    }

    @Test func valuesOfEverySortComeBack() async throws {
        try await withFolder { folder in
            let catalog = try Catalog.open("\(folder)/catalog.sqlite")
            let table = try await catalog.query("SELECT NULL AS a, 1 AS b, 0.5 AS c, 'é' AS d, x'00ff' AS e")
            #expect(table.columns == ["a", "b", "c", "d", "e"])
            #expect(table.rows == [[.null, .integer(1), .real(0.5), .text("é"), .blob([0, 255])]])
            let cut = try await catalog.query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", limit: 3)
            #expect(cut.rows.count == 3 && cut.isCut)
        }
    }

    @Test func theFileIsItsOwnersOnly() async throws {
        try await withFolder { folder in
            _ = try Catalog.open("\(folder)/catalog.sqlite")
            var status = stat()
            #expect(stat("\(folder)/catalog.sqlite", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test func whatIsNoCatalogIsLeftAsItIs() async throws {
        try await withFolder { folder in
            let other = "\(folder)/other.sqlite"
            try await DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE mine (a)") }
            let text = "\(folder)/text"
            let descriptor = open(text, O_CREAT | O_WRONLY, 0o600)
            let words = Array(String(repeating: "not a database at all, ", count: 100).utf8)
            #expect(write(descriptor, words, words.count) == words.count)
            close(descriptor)
            for path in [other, text] {
                #expect(await code { _ = try Catalog.open(path) } == .notACatalog)
                #expect(await code { _ = try Catalog.openReadOnly(path) } == .notACatalog)
            }
            let tables = try await DatabaseQueue(path: other).read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema") }
            #expect(tables == ["mine"])
        }
    }

    @Test func aPathThatCannotBeIsSaidToBeSo() async throws {
        try await withFolder { folder in
            for path in ["\(folder)/no/catalog.sqlite", folder] { #expect(await code { _ = try Catalog.open(path) } == .unusable) }
            #expect(await code { _ = try Catalog.openReadOnly("\(folder)/catalog.sqlite") } == .unusable)
            #expect(access("\(folder)/catalog.sqlite", F_OK) != 0, "asking makes no file")
        }
    }

    @Test func whatAnOlderVersionIndexedStaysAndWhatItDidNotKnowIsNotNone() async throws {
        try await withFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            let older = try DatabaseQueue(path: path)
            try CatalogMigrations.migrator.migrate(older, upTo: "2026-11 views")
            try await older.write { db in
                try db.execute(
                    sql: """
                        PRAGMA application_id = \(CatalogMigrations.applicationID);
                        INSERT INTO repositories VALUES ('00112233', '/backups/a');
                        INSERT INTO snapshots VALUES (1, '00112233', 'old', NULL, 'c1', 3, '', '', 'stable', '[]', '[]', 'tidemark', 1);
                        INSERT INTO sections VALUES (1, 'topics', 'desired', 7, 'captured', NULL, NULL, 0, 0);
                        """)
            }
            try older.close()
            let catalog = try Catalog.open(path)
            try await Story.tell(catalog)
            let rows = try await catalog.query("SELECT snapshot, documents, blind_spots FROM section_list WHERE kind = 'topics'").rows
            #expect(rows.count == 3)
            #expect(rows.first == [.text("old"), .integer(7), .null])
        }
    }

    @Test func aNewerCatalogIsLeftAsItIs() async throws {
        try await withFolder { folder in
            let path = "\(folder)/catalog.sqlite"
            _ = try Catalog.open(path)
            try await DatabaseQueue(path: path).write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2030-01 more')") }
            #expect(await code { _ = try Catalog.open(path) } == .newer)
            #expect(await code { _ = try Catalog.openReadOnly(path) } == .newer)
        }
    }
}
