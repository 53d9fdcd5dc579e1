import Bytes
import SnapshotModel
import Storage

/// The objects that snapshots name, with their stored bytes. What was walked once is not read again: objects never change.
struct NeededObjects: Sendable {
    private(set) var lengths: [ObjectName: Int] = [:]
    private(set) var snapshots: Set<SnapshotID> = []

    /// Adds what the repository's snapshots name now.
    /// - Throws: `RepositoryError` where that cannot be told of one of them.
    mutating func look(at repository: Repository, _ tell: (_ done: Int, _ count: Int) -> Void) async throws {
        var present: Set<SnapshotID> = []
        let listed = try await repository.storage.all(under: Layout.snapshots)
        for (done, object) in listed.enumerated() {
            guard let (id, _) = Layout.snapshot(at: object.path) else { continue }
            try Task.checkCancellation()
            tell(done, listed.count)
            present.insert(id)
            if snapshots.contains(id) { continue }
            do {
                try await add(try await repository.readManifest(object.path, id), of: repository)
            } catch let error as RepositoryError {
                // Withdrawn or forgotten since it was listed.
                guard try await repository.storage.head(object.path) != nil else {
                    present.remove(id)
                    continue
                }
                throw RepositoryError(
                    code: .damaged,
                    message: "nothing is deleted, since what snapshot \(id.short) needs cannot be told: \(error.message)",
                    hint: "Heal it from another copy of the repository, or forget that snapshot by its id, and prune again.",
                    damage: error.damage)
            }
        }
        snapshots = present
    }

    private mutating func add(_ manifest: Manifest, of repository: Repository) async throws {
        guard manifest.unknownSections.isEmpty else {
            throw RepositoryError(
                code: .damaged,
                message: "it has \(manifest.unknownSections.count.counted("section")) in a form that this version does not know",
                hint: "Use a newer tidemark.")
        }
        for section in manifest.sections {
            guard let reference = section.root.reference else { continue }
            try await add(reference, level: section.root.level, of: repository)
        }
    }

    private mutating func add(_ reference: PageReference, level: Int, of repository: Repository) async throws {
        guard lengths[reference.name] == nil else { return }
        if level > 0 {
            for below in try await repository.objects.references(reference, level: level) {
                try await add(below, level: level - 1, of: repository)
            }
        }
        // After what is below it, so that a walk that failed is not taken for done.
        lengths[reference.name] = reference.storedLength
    }
}
