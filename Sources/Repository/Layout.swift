import Bytes
import Seams
import SnapshotModel
import Storage

/// Where things lie in a repository.
enum Layout {
    static let format: StoragePath = "tidemark.json"
    static let objects: StoragePath = "objects"
    static let snapshots: StoragePath = "snapshots"
    static let runs: StoragePath = "runs"
    static let leases: StoragePath = "leases"
    static let confirmations: StoragePath = "confirmations"
    static let turns: StoragePath = "turns"
    static let pins: StoragePath = "pins"
    static let candidates: StoragePath = "candidates"
    static let readers: StoragePath = "readers"
    static let reserve: StoragePath = "reserve"

    /// `objects/ab/ab…`: 256 folders, so that none grows too large.
    static func object(_ name: ObjectName) -> StoragePath {
        let digits = name.description
        return objects / String(digits.prefix(2)) / digits
    }

    /// The object that lies at `path`, or nil where no object may.
    static func object(at path: StoragePath) -> ObjectName? {
        guard let name = path.names.last?.validText.flatMap({ ObjectName(hex: $0) }), object(name) == path else { return nil }
        return name
    }

    /// `snapshots/2026/11/23/20261123T195628123Z-<id>.json`: sorted by time, found by id.
    static func snapshot(_ id: SnapshotID, finished: Timestamp) -> StoragePath {
        let text = finished.description
        let date = text.prefix { $0 != "T" }.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        let compact = text.filter { $0 != "-" && $0 != ":" && $0 != "." }
        return date.reduce(snapshots) { $0 / $1 } / "\(compact)-\(id).json"
    }

    /// The snapshot whose manifest lies at `path` and when its name says that it ended; nil where no manifest may lie.
    static func snapshot(at path: StoragePath) -> (id: SnapshotID, finished: Timestamp)? {
        guard let name = path.names.last?.validText, name.hasSuffix(".json") else { return nil }
        let halves = name.dropLast(5).split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count == 2, let id = SnapshotID(hex: halves[1]), let finished = moment(compact: halves[0]) else { return nil }
        return (id, finished)
    }

    private static func moment(compact: Substring) -> Timestamp? {
        let units = Array(compact)
        guard units.count == 19 else { return nil }
        func slice(_ range: Range<Int>) -> String { String(units[range]) }
        let date = "\(slice(0..<4))-\(slice(4..<6))-\(slice(6..<8))"
        let time = "\(slice(9..<11)):\(slice(11..<13)):\(slice(13..<15)).\(slice(15..<18))"
        return Timestamp("\(date)T\(time)Z")
    }

    static func lease(_ id: String) -> StoragePath { leases / "\(id).json" }

    /// `candidates/<id of the prune's lease>.json`.
    static func candidates(of prune: String) -> StoragePath { candidates / "\(prune).json" }

    /// `pins/<snapshot>.json`.
    static func pin(of id: SnapshotID) -> StoragePath { pins / "\(id).json" }

    /// The snapshot that is pinned by the file at `path`; nil where no pin may lie.
    static func pin(at path: StoragePath) -> SnapshotID? {
        guard let name = path.names.last?.validText, name.hasSuffix(".json"), let id = SnapshotID(hex: name.dropLast(5)),
            pin(of: id) == path
        else { return nil }
        return id
    }

    /// `readers/<snapshot>-<id>.json`.
    static func reader(of id: SnapshotID, _ reader: String) -> StoragePath { readers / "\(id)-\(reader).json" }

    /// The snapshot whose reader's record lies at `path`; nil where none may.
    static func reader(at path: StoragePath) -> SnapshotID? {
        guard let name = path.names.last?.validText, name.hasSuffix(".json"), name.dropFirst(64).hasPrefix("-"),
            let id = SnapshotID(hex: name.prefix(64)), reader(of: id, String(name.dropFirst(65).dropLast(5))) == path
        else { return nil }
        return id
    }

    /// `confirmations/<snapshot>-<writer>.json`.
    static func confirmation(of id: SnapshotID, by writer: ConfirmationWriter) -> StoragePath {
        confirmations / "\(id)-\(writer).json"
    }

    /// Whose confirmation of which snapshot lies at `path`; nil where none may.
    static func confirmation(at path: StoragePath) -> (id: SnapshotID, writer: ConfirmationWriter)? {
        guard let name = path.names.last?.validText, name.hasSuffix(".json") else { return nil }
        let digits = name.prefix(64)
        guard let id = SnapshotID(hex: digits), name.dropFirst(64).hasPrefix("-"),
            let writer = ConfirmationWriter(String(name.dropFirst(65).dropLast(5))), confirmation(of: id, by: writer) == path
        else { return nil }
        return (id, writer)
    }
}
