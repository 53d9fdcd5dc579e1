public import Bytes
import Seams
public import SnapshotModel

extension Repository {
    /// The snapshot that an operator means by `latest`, `latest~2` (two before it), `@2026-11-23T10:00Z` (the newest that was
    /// finished then), or four or more digits of its id. Damaged snapshots are found by their id only.
    /// - Throws: `RepositoryError` (`noSuchSnapshot`, `ambiguous`); `StorageError`.
    public func resolve(_ reference: String) async throws -> SnapshotID {
        try SnapshotReference.resolve(reference, among: try await snapshots(), in: storage.name)
    }

    /// The newest whole snapshot of the cluster, also where it was known by that id formerly.
    public func newest(of clusterID: ByteString) async throws -> SnapshotEntry? {
        try await snapshots().first { $0.intact?.clusterID == clusterID || $0.intact?.lineage.formerClusterIDs.contains(clusterID) == true }
    }
}

enum SnapshotReference {
    static func resolve(_ reference: String, among entries: [SnapshotEntry], in place: String) throws(RepositoryError) -> SnapshotID {
        let whole = entries.filter { $0.intact != nil }
        func none(_ message: String) -> RepositoryError {
            let damaged = entries.count - whole.count
            return RepositoryError(
                code: .noSuchSnapshot, message: message + (damaged > 0 ? " (\(damaged) damaged ones not counted)" : ""),
                hint: entries.isEmpty
                    ? "Take one with `tidemark backup`."
                    : "`tidemark snapshots` lists what there is; latest, latest~1, @time or an id's digits name one.")
        }
        if reference == "latest" || reference.hasPrefix("latest~") {
            let back = reference == "latest" ? 0 : Int(reference.dropFirst(7)) ?? -1
            guard back >= 0 else { throw none("\"\(ByteString(reference).escaped)\" is no reference: after latest~ comes a number") }
            guard back < whole.count else { throw none("\(place) holds \(whole.count.counted("snapshot")): there is no \(reference)") }
            return whole[back].id
        }
        if reference.hasPrefix("@") {
            guard let moment = Timestamp(reference.dropFirst()) else {
                throw none("\"\(ByteString(reference).escaped)\" is no moment such as @2026-11-23T10:00Z")
            }
            guard let entry = whole.first(where: { $0.finished <= moment }) else {
                throw none("\(place) holds no snapshot of \(moment) or before")
            }
            return entry.id
        }
        let digits = reference.lowercased()
        guard digits.count >= 4, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            throw none("\"\(ByteString(reference).escaped)\" names no snapshot")
        }
        let matches = entries.filter { $0.id.description.hasPrefix(digits) }
        guard let match = matches.first else { throw none("\(place) holds no snapshot whose id begins with \(digits)") }
        guard Set(matches.map(\.id)).count == 1 else {
            let list = matches.prefix(10).map { "\($0.id) of \($0.finished)" }.joined(separator: ", ")
            throw RepositoryError(code: .ambiguous, message: "\(digits) begins several ids: \(list)", hint: "Give more digits.")
        }
        return match.id
    }
}
