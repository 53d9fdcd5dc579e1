import Bytes
import GRDB
import Glibc
public import SnapshotModel

/// A SQLite index over the snapshots of repositories, for auditors' own queries.
///
/// It is a cache: all of it comes from repositories, and deleting the file loses nothing. It knows values only; whoever
/// reads the repository hands them over, snapshot by snapshot, parents first.
public struct Catalog: Sendable {
    public let path: String
    let database: DatabaseQueue

    /// Opens the catalog for adding to it; the file (0600) is made where there is none.
    /// - Throws: `CatalogError` where the file is something else, made by a newer version, or cannot be written.
    public static func open(_ path: String) throws(CatalogError) -> Catalog {
        do {
            // Made by us and not by SQLite, so that nobody else can read it from its first moment on.
            let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                let reason = String(cString: strerror(errno))
                throw CatalogError(
                    code: .unusable, message: "the catalog \(path) cannot be written: \(reason)",
                    hint:
                        "Give a path in a folder that this user may write to and that is not mounted read-only; queries need no such right."
                )
            }
            close(descriptor)
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            // One file, no shared memory: it can be copied, and read where nothing can be written.
            configuration.journalMode = .default
            let database = try DatabaseQueue(path: path, configuration: configuration)
            try prove(database, path, mayBeEmpty: true)
            try CatalogMigrations.migrator.migrate(database)
            try database.write { try $0.execute(sql: "PRAGMA application_id = \(CatalogMigrations.applicationID)") }
            return Catalog(path: path, database: database)
        } catch {
            throw CatalogError(error, path: path)
        }
    }

    /// Opens the catalog for queries: no right to write is needed, and nothing can be changed.
    /// - Throws: `CatalogError` where there is none, or the file is something else.
    public static func openReadOnly(_ path: String) throws(CatalogError) -> Catalog {
        do {
            guard access(path, R_OK) == 0 else {
                throw CatalogError(
                    code: .unusable, message: "the catalog \(path) cannot be read: \(String(cString: strerror(errno)))",
                    hint: "`tidemark catalog rebuild` makes it from a repository.")
            }
            var configuration = Configuration()
            configuration.readonly = true
            let database = try DatabaseQueue(path: path, configuration: configuration)
            try prove(database, path, mayBeEmpty: false)
            return Catalog(path: path, database: database)
        } catch {
            throw CatalogError(error, path: path)
        }
    }

    private static func prove(_ database: DatabaseQueue, _ path: String, mayBeEmpty: Bool) throws {
        try database.read { db in
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
            guard application == CatalogMigrations.applicationID || (isEmpty && application == 0 && mayBeEmpty) else {
                throw CatalogError(
                    code: .notACatalog, message: "\(path) is a database, but no catalog of tidemark's, and was left as it is",
                    hint: "Give another path, or run `tidemark catalog rebuild` if there is none yet.")
            }
            let isNewer = try !isEmpty && CatalogMigrations.migrator.hasBeenSuperseded(db)
            guard !isNewer else {
                throw CatalogError(
                    code: .newer, message: "the catalog \(path) was made by a newer tidemark, and was left as it is",
                    hint: "Use that release, or delete the file and run `tidemark catalog rebuild`: nothing is lost by it.")
            }
        }
    }

    /// The snapshots of a repository that are indexed.
    public func snapshots(of repository: String) async throws(CatalogError) -> Set<SnapshotID> {
        let texts = try await attempt { database in
            try await database.read { db in
                try String.fetchAll(
                    db, sql: "SELECT snapshot FROM snapshots WHERE complete = 1 AND repository = ?", arguments: [repository])
            }
        }
        return Set(texts.compactMap { SnapshotID(hex: $0) })
    }

    /// Empties the catalog, to be filled anew from repositories.
    public func clear() async throws(CatalogError) {
        try await attempt { database in
            try await database.write { db in
                for table in ["changes", "gaps", "sections", "snapshots", "repositories"] { try db.execute(sql: "DELETE FROM \(table)") }
            }
            try await database.vacuum()
        }
    }

    /// Forgets the snapshots of a repository that it does not hold any more.
    ///
    /// What they saw change stays unknown from then on; a rebuild tells it in terms of the snapshots that are left.
    public func keepOnly(_ snapshots: Set<SnapshotID>, of repository: String) async throws(CatalogError) {
        let gone = try await self.snapshots(of: repository).subtracting(snapshots).map(\.description)
        try await attempt { database in
            try await database.write { db in
                for snapshot in gone {
                    try db.execute(sql: "DELETE FROM snapshots WHERE repository = ? AND snapshot = ?", arguments: [repository, snapshot])
                }
            }
        }
    }

    func attempt<Value: Sendable>(_ body: (DatabaseQueue) async throws -> Value) async throws(CatalogError) -> Value {
        do {
            return try await body(database)
        } catch {
            throw CatalogError(error, path: path)
        }
    }
}
