public import Bytes
import Seams
public import SnapshotModel

extension Repository {
    /// The snapshot that an operator means by `latest`, `latest~2` (two before it), `@2026-11-23T10:00Z` (the newest that was
    /// finished then), or four or more digits of its id, where every one counts. Damaged snapshots are found by their id only.
    ///
    /// What to rely on is found by ``choose(_:)``.
    /// - Throws: `RepositoryError` (`noSuchSnapshot`, `ambiguous`); `StorageError`.
    public func resolve(_ reference: String) async throws -> SnapshotID {
        try SnapshotReference(reference).resolve(among: try await snapshots(), in: storage.name).id
    }

    /// The newest whole snapshot of the cluster, also where it was known by that id formerly.
    public func newest(of clusterID: ByteString) async throws -> SnapshotEntry? {
        try await snapshots().first { $0.intact?.clusterID == clusterID || $0.intact?.lineage.formerClusterIDs.contains(clusterID) == true }
    }
}

/// A snapshot's name, as operators type one.
struct SnapshotReference {
    /// Before a number: those are counted that others are passed over for, too.
    private static let anyWord = "latest:any"

    let text: String

    init(_ text: String) { self.text = text }

    /// Whether it leaves the choice to us: an id, or `latest:any`, means one whatever is wrong with it.
    var isChoice: Bool { text == "latest" || text.hasPrefix("latest~") || isMoment }

    var isMoment: Bool { text.hasPrefix("@") }

    private var printable: String { ByteString(text).escaped }

    /// - Parameter passedOver: how many were left out of `entries`.
    func resolve(among entries: [SnapshotEntry], in place: String, passedOver: Int = 0) throws(RepositoryError) -> SnapshotEntry {
        let whole = entries.filter { $0.intact != nil }
        func none(_ message: String) -> RepositoryError {
            let damaged = entries.count - whole.count
            let left = [damaged > 0 ? "\(damaged) damaged" : nil, passedOver > 0 ? "\(passedOver) suspect or narrowed" : nil].compactMap {
                $0
            }
            let first = damaged > 0 ? entries.lazy.compactMap(\.problem).first.map { ": \($0.message)" } ?? "" : ""
            return RepositoryError(
                code: .noSuchSnapshot,
                message: message + (left.isEmpty ? "" : " (\(left.joined(separator: " and ")) ones not counted\(first))"),
                hint: entries.isEmpty && passedOver == 0
                    ? "Take one with `tidemark backup`."
                    : "`tidemark snapshots` lists what there is; latest, latest~1, @time or an id's digits name one"
                        + (passedOver > 0 ? ", and latest:any~1 counts every one." : "."))
        }
        if text.hasPrefix("latest") {
            let number = text.dropFirst(text.hasPrefix(Self.anyWord) ? Self.anyWord.count : "latest".count)
            let back = number.isEmpty ? 0 : number.hasPrefix("~") ? Int(number.dropFirst()) ?? -1 : -1
            guard back >= 0 else { throw none("\"\(printable)\" is no reference: after latest comes ~ and a number") }
            guard back < whole.count else { throw none("\(place) holds \(whole.count.counted("snapshot")): there is no \(text)") }
            return whole[back]
        }
        if isMoment {
            guard let moment = Timestamp(text.dropFirst()) else { throw none("\"\(printable)\" is no moment such as @2026-11-23T10:00Z") }
            guard let entry = whole.first(where: { $0.finished <= moment }) else {
                throw none("\(place) holds no snapshot of \(moment) or before")
            }
            return entry
        }
        let digits = text.lowercased()
        guard digits.count >= 4, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            throw none("\"\(printable)\" names no snapshot")
        }
        let matches = entries.filter { $0.id.description.hasPrefix(digits) }
        guard let match = matches.first else { throw none("\(place) holds no snapshot whose id begins with \(digits)") }
        guard Set(matches.map(\.id)).count == 1 else {
            let list = matches.prefix(10).map { "\($0.id) of \($0.finished)" }.joined(separator: ", ")
            throw RepositoryError(code: .ambiguous, message: "\(digits) begins several ids: \(list)", hint: "Give more digits.")
        }
        return match
    }
}
