public import Seams
public import SnapshotModel
public import Storage

/// All confirmations of a repository.
public struct Confirmations: Sendable {
    /// By snapshot; the records of several writers stand beside each other.
    public var bySnapshot: [SnapshotID: [SnapshotConfirmation]] = [:]
    /// Files that are no confirmation, or not any more: damaged, or of a later version.
    public var unreadable: [StoragePath] = []

    /// When they were read, by the reader's clock.
    public let read: Timestamp

    public init(read: Timestamp) { self.read = read }

    /// The last moment at which somebody found the cluster as this snapshot holds it; nil where nobody looked since. What a clock that once was
    /// ahead has written is of no moment yet.
    public func confirmedUntil(_ id: SnapshotID) -> Timestamp? {
        bySnapshot[id]?.flatMap { [$0.first, $0.last] }.compactMap { $0.past(at: read) }.max()
    }
}

extension Timestamp {
    /// The moment as one of the past; nil where it is yet to come, by more than clocks may differ: then a clock was wrong, and nothing is known.
    public func past(at now: Timestamp) -> Timestamp? { self <= now.advanced(by: Lease.skew) ? min(self, now) : nil }
}

extension Repository {
    static let longestConfirmation = 64 * 1024

    /// Reads every confirmation; what cannot be read is named and takes nothing from the others.
    public func confirmations() async throws -> Confirmations {
        var found = Confirmations(read: time.now())
        for object in try await storage.all(under: Layout.confirmations) {
            guard let place = Layout.confirmation(at: object.path), let confirmation = try await confirmation(place.id, place.writer)
            else {
                found.unreadable.append(object.path)
                continue
            }
            found.bySnapshot[place.id, default: []].append(confirmation)
        }
        return found
    }

    /// Nil where there is none that can be read.
    func confirmation(_ id: SnapshotID, _ writer: ConfirmationWriter) async throws -> SnapshotConfirmation? {
        do throws(StorageError) {
            let bytes = try await storage.get(Layout.confirmation(of: id, by: writer), range: 0..<Self.longestConfirmation)
            guard let confirmation = SnapshotConfirmation.parse(bytes), confirmation.snapshot == id, confirmation.writer == writer else {
                return nil
            }
            return confirmation
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// The confirmations of snapshots that are not among `present`: they mean nothing any more. A prune deletes them, after the manifests.
    func strayConfirmations(present: Set<SnapshotID>) async throws -> [StoredObject] {
        try await storage.all(under: Layout.confirmations).filter { object in
            Layout.confirmation(at: object.path).map { !present.contains($0.id) } ?? false
        }
    }

    /// What a check says of this folder: no finding of it is a snapshot's loss.
    func confirmationFindings(present: Set<SnapshotID>) async throws -> [CheckReport.Finding] {
        let unreadable = try await confirmations().unreadable.map { path in
            CheckReport.Finding(
                severity: .warning, sort: "malformed", path: path, message: "\(path) is no confirmation that this version can read",
                hint: "Delete it: the snapshot is whole, only how long it stayed true is not known any more.", snapshots: [])
        }
        let stray = try await strayConfirmations(present: present).map { object in
            CheckReport.Finding(
                severity: .note, sort: "extra", path: object.path, message: "\(object.path) confirms a snapshot that is not there any more",
                hint: "A prune deletes it; it does no harm.", snapshots: [])
        }
        return unreadable + stray
    }
}

extension RepositoryWriter {
    /// Records that the cluster was found as the snapshot `id` holds it, by a sweep that began at `moment`.
    ///
    /// The record is overwritten as a whole: killed at any point, the one before or this one is there.
    /// - Returns: nil where the snapshot is not there any more: then nothing is confirmed.
    /// - Throws: `RepositoryError` (`leaseLost`) where somebody may have deleted meanwhile; `StorageError`.
    public func confirm(
        _ id: SnapshotID, _ manifest: Manifest, at moment: Timestamp, by writer: ConfirmationWriter
    ) async throws -> SnapshotConfirmation? {
        try await lease.check()
        let path = Layout.confirmation(of: id, by: writer)
        var confirmation = SnapshotConfirmation(of: id, taken: manifest.started, at: moment, by: writer)
        if let before = try await repository.confirmation(id, writer) {
            confirmation = before
            confirmation.confirm(at: moment)
        }
        try await repository.storage.put(confirmation.canonicalBytes, at: path, mode: .overwrite)
        // After the record: what was forgotten before it was put is not confirmed.
        guard try await repository.storage.head(Layout.snapshot(id, finished: manifest.finished)) != nil else {
            try await repository.storage.delete(path)
            return nil
        }
        try await lease.check()
        return confirmation
    }
}
