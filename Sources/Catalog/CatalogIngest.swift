import Bytes
import GRDB
public import SnapshotModel

import struct Foundation.Data

extension Catalog {
    /// Where a snapshot lies.
    public struct Place: Sendable, Hashable {
        /// The repository's id in hexadecimal digits.
        public var repository: String
        /// The repository's path or address, as the operator gave it.
        public var location: String

        public init(repository: String, location: String) {
            self.repository = repository
            self.location = location
        }
    }

    /// Adds a snapshot. One that is there already is put anew.
    ///
    /// `changes` gives what changed in a section since any earlier snapshot, or since nothing: of a resource that is as the snapshots before
    /// left it no change is kept; one that comes twice comes as it is now both times. It is asked for each section in turn and read to its end. Until all of it is in, the snapshot is in no
    /// view; a call cut short leaves nothing that is seen.
    ///
    /// - Parameters:
    ///   - gaps: all that the snapshot has; nil where the manifest lists them all.
    ///   - selection: the rules that narrowed it; empty where nothing did.
    /// - Throws: `CatalogError`; what `changes` throws.
    public func ingest<Sequence: AsyncSequence>(
        _ manifest: Manifest, id: SnapshotID, at place: Place, gaps: [Gap]? = nil, selection: String = "",
        isolation: isolated (any Actor)? = #isolation,
        changes: (Section) -> Sequence
    ) async throws where Sequence.Element == Change {
        let number = try await begin(manifest, id, place, gaps ?? manifest.gaps, selection)
        for section in manifest.sections where section.part != .gaps {
            var rows: [ChangeRow] = []
            for try await change in changes(section) {
                rows.append(ChangeRow(change, in: section))
                if rows.count == 500 {
                    try await add(rows, to: number, manifest, place)
                    rows.removeAll(keepingCapacity: true)
                }
            }
            try await add(rows, to: number, manifest, place)
        }
        try await attempt { database in
            try await database.write { try $0.execute(sql: "UPDATE snapshots SET complete = 1 WHERE number = ?", arguments: [number]) }
        }
    }

    private func begin(
        _ manifest: Manifest, _ id: SnapshotID, _ place: Place, _ gaps: [Gap], _ selection: String
    ) async throws(CatalogError) -> Int64 {
        try await attempt { database in
            try await database.write { db in
                try db.execute(
                    sql: "INSERT INTO repositories VALUES (?, ?) ON CONFLICT (repository) DO UPDATE SET location = excluded.location",
                    arguments: [place.repository, place.location])
                // Its place among the others stays.
                let former = try Int64.fetchOne(
                    db, sql: "SELECT number FROM snapshots WHERE repository = ? AND snapshot = ?",
                    arguments: [place.repository, id.description])
                try db.execute(
                    sql: "DELETE FROM snapshots WHERE repository = ? AND snapshot = ?", arguments: [place.repository, id.description])
                try db.execute(
                    sql: """
                        INSERT INTO snapshots (
                            number, repository, snapshot, parent, cluster, brokers, started, finished, grade, reasons, tags, tool, complete,
                            selection)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
                        """,
                    arguments: [
                        former, place.repository, id.description, manifest.lineage.parent?.description, manifest.clusterID.escaped,
                        manifest.brokers,
                        manifest.started.description, manifest.finished.description, manifest.certificate.grade.rawValue,
                        jsonText(manifest.certificate.reasons), jsonText(manifest.tags), "\(manifest.tool.name) \(manifest.tool.version)",
                        selection,
                    ])
                let number = db.lastInsertedRowID
                for section in manifest.sections where section.part != .gaps {
                    try db.execute(
                        sql: "INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        arguments: [
                            number, section.kind.rawValue, section.part.rawValue, section.root.documents, section.state.outcome.rawValue,
                            section.state.reason, section.state.limited, section.state.movedCount, section.state.unreadCount,
                            jsonText(section.state.blindSpots.map { "\($0.what): \($0.why)" }),
                        ])
                }
                for gap in gaps {
                    try db.execute(
                        sql: "INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?)",
                        arguments: [number, gap.kind.rawValue, gap.id?.description, gap.what, gap.why, gap.resolver])
                }
                return number
            }
        }
    }

    /// A resource that the snapshots before left as it is did not change; one that they did not leave was added.
    private func add(_ rows: [ChangeRow], to number: Int64, _ manifest: Manifest, _ place: Place) async throws(CatalogError) {
        if rows.isEmpty { return }
        let cluster = manifest.clusterID.escaped
        try await attempt { database in
            try await database.write { db in
                let statement = try db.cachedStatement(sql: "INSERT OR IGNORE INTO changes VALUES (?, ?, ?, ?, ?, ?, ?)")
                let known = try db.cachedStatement(
                    sql: """
                        SELECT body FROM changes JOIN snapshots USING (number)
                        WHERE kind = ? AND part = ? AND id = ? AND number < ? AND repository = ? AND cluster = ? AND complete = 1
                        ORDER BY number DESC LIMIT 1
                        """)
                for row in rows {
                    // Null of what was removed, and nothing of what was never seen.
                    let before = try Row.fetchOne(
                        known, arguments: [row.kind, row.part, row.id, number, place.repository, cluster]
                    ).flatMap { $0[0] as String? }
                    guard row.body != before else { continue }
                    let change = before == nil ? "added" : row.body == nil ? "removed" : "changed"
                    try statement.execute(arguments: [number, row.kind, row.part, row.id, row.resource, change, row.body])
                }
            }
        }
    }
}

/// One row of the table of changes.
private struct ChangeRow: Sendable {
    let kind, part, resource: String
    let id: Data
    /// Nil of what is gone.
    let body: String?

    init(_ change: Change, in section: Section) {
        kind = section.kind.rawValue
        part = section.part.rawValue
        let document: Document? =
            switch change {
            case .added(let new), .changed(_, let new): new
            case .removed: nil
            }
        resource = change.id.description
        id = Data(change.id.encoded)
        body = document.map { String(decoding: $0.body.canonicalBytes, as: UTF8.self) }
    }
}

private func jsonText(_ texts: [String]) -> String {
    String(decoding: JSON.array(texts.map { .text($0) }).canonicalBytes, as: UTF8.self)
}
