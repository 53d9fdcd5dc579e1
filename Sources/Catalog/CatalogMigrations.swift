import GRDB

/// The catalog's tables and views, in named steps. Steps are only ever added at the end.
enum CatalogMigrations {
    /// "tdmk", in the header of the file, so that another program's database is not taken for ours.
    static let applicationID = 0x7464_6d6b

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("2026-11 tables") { try $0.execute(sql: tables) }
        migrator.registerMigration("2026-11 views") { db in
            for view in CatalogView.all { try db.execute(sql: "CREATE VIEW \(view.name) AS \(view.definition)") }
        }
        // Null in what was indexed before: not known, and not none.
        migrator.registerMigration("2026-11 blind spots and selections") { db in
            try db.execute(sql: "ALTER TABLE sections ADD COLUMN blind_spots TEXT; ALTER TABLE snapshots ADD COLUMN selection TEXT")
            for view in CatalogView.all { try db.execute(sql: "DROP VIEW \(view.name); CREATE VIEW \(view.name) AS \(view.definition)") }
        }
        return migrator
    }

    private static let tables = """
        CREATE TABLE repositories (
            repository TEXT PRIMARY KEY NOT NULL,
            location TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE snapshots (
            number INTEGER PRIMARY KEY,
            repository TEXT NOT NULL REFERENCES repositories,
            snapshot TEXT NOT NULL,
            parent TEXT,
            cluster TEXT NOT NULL,
            brokers INTEGER NOT NULL,
            started TEXT NOT NULL,
            finished TEXT NOT NULL,
            grade TEXT NOT NULL,
            reasons TEXT NOT NULL,
            tags TEXT NOT NULL,
            tool TEXT NOT NULL,
            complete INTEGER NOT NULL,
            UNIQUE (repository, snapshot)
        ) STRICT;

        CREATE TABLE sections (
            number INTEGER NOT NULL REFERENCES snapshots ON DELETE CASCADE,
            kind TEXT NOT NULL,
            part TEXT NOT NULL,
            documents INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            reason TEXT,
            limited TEXT,
            moved INTEGER NOT NULL,
            unread INTEGER NOT NULL,
            PRIMARY KEY (number, kind, part)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE gaps (
            number INTEGER NOT NULL REFERENCES snapshots ON DELETE CASCADE,
            kind TEXT NOT NULL,
            resource TEXT,
            what TEXT NOT NULL,
            why TEXT NOT NULL,
            resolver TEXT
        ) STRICT;
        CREATE INDEX gaps_by_snapshot ON gaps (number);

        CREATE TABLE changes (
            number INTEGER NOT NULL REFERENCES snapshots ON DELETE CASCADE,
            kind TEXT NOT NULL,
            part TEXT NOT NULL,
            id BLOB NOT NULL,
            resource TEXT NOT NULL,
            change TEXT NOT NULL,
            body TEXT,
            PRIMARY KEY (kind, part, id, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX changes_by_snapshot ON changes (number);
        """
}
