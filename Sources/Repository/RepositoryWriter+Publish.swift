import Cryptography
public import SnapshotModel
import Storage

extension RepositoryWriter {
    /// How often a snapshot is withdrawn and published anew, or another writer's turn waited for: several times as long as a turn lasts.
    private static let rounds = 20
    private static let longestWait = Duration.seconds(300)
    /// A turn that lasts longer is worth a word: its holder was killed, or the store is slow.
    private static let silence = Duration.seconds(2)

    /// Publishes a snapshot: from now on it exists. Every page that it names is looked for before and after.
    /// - Throws: `RepositoryError` where the lease is lost or a page is missing; then nothing is published. `StorageError`.
    public func publish(_ manifest: Manifest) async throws -> SnapshotID {
        try await lease.check()
        try await repository.lookFor(manifest)
        return try await put(manifest) { _ in }
    }

    /// The same, with the snapshot's place among the others settled in the last moment.
    ///
    /// `settle` gets the manifest and the snapshots that are there, and sets its lineage. Writers settle and put one after the other: each
    /// takes a turn, a lease that excludes other turns and ends soon by itself. So two first snapshots of one cluster never stay beside
    /// each other, and none has a parent that is withdrawn again. A writer that was held up for longer than its turn, between two calls
    /// of the store, notices afterwards; it withdraws what nobody was told of yet, as does one whose parent went away, and settles anew.
    /// - Parameter waiting: is told whose turn is waited for, once of each that takes longer than publishing should.
    /// - Throws: `RepositoryError` (`locked`) where others come between again and again; as the other `publish`; what `settle` throws.
    public func publish(
        _ manifest: Manifest, waiting: @Sendable (Lease) -> Void = { _ in },
        settle: @Sendable (inout Manifest, Set<SnapshotID>) async throws -> Void
    ) async throws -> (id: SnapshotID, manifest: Manifest) {
        try await lease.check()
        try await repository.lookFor(manifest)
        for _ in 0..<Self.rounds {
            let turn = try await takeTurn(waiting)
            do {
                let published = try await publish(manifest, in: turn, settle)
                // What was published stays published; a turn that cannot be given back ends by itself.
                try? await turn.release()
                await repository.layUpReserve()
                return published
            } catch is LostTurn {
                try? await turn.release()
                try await pause()
            } catch {
                try? await turn.release()
                throw error
            }
        }
        throw busy
    }

    /// The turn ended before the snapshot was confirmed, or its parent went away.
    private struct LostTurn: Error {}

    private func publish(
        _ manifest: Manifest, in turn: HeldLease, _ settle: @Sendable (inout Manifest, Set<SnapshotID>) async throws -> Void
    ) async throws -> (id: SnapshotID, manifest: Manifest) {
        var settled = manifest
        try await settle(&settled, try await repository.snapshotIDs())
        try await Self.hold(turn)
        let id = try await put(settled) { [settled, repository] _ in
            try await Self.hold(turn)
            guard let parent = settled.lineage.parent else { return }
            guard try await repository.snapshotIDs().contains(parent) else { throw LostTurn() }
        }
        return (id, settled)
    }

    private static func hold(_ turn: HeldLease) async throws {
        do { try await turn.check() } catch let error as RepositoryError where error.code == .leaseLost { throw LostTurn() }
    }

    private func takeTurn(_ waiting: (Lease) -> Void) async throws -> HeldLease {
        var waited = Duration.zero
        var waitedForEach: [String: Duration] = [:]
        while true {
            switch try await repository.tryLease(.publisher, holder: lease.lease.holder) {
            case .taken(let turn): return turn
            case .busy(let other):
                guard waited < Self.longestWait else { throw busy }
                let before = waitedForEach[other.id, default: .zero]
                let now = before + (try await pause())
                waited += now - before
                waitedForEach[other.id] = now
                if before < Self.silence, now >= Self.silence { waiting(other) }
            }
        }
    }

    /// Two that see each other both give way: pauses of different length make one of them the first.
    @discardableResult private func pause() async throws -> Duration {
        let pause = Duration.milliseconds(repository.chance.number(in: 20...1_000))
        try await repository.time.sleep(for: pause)
        return pause
    }

    private var busy: RepositoryError {
        RepositoryError(
            code: .locked,
            message: "other backups were published in \(repository.storage.name) again and again meanwhile",
            hint: "Let one backup of a cluster run at a time. Nothing was published.")
    }

    /// Puts the manifest, and takes it back where a check afterwards or `confirm` fails.
    private func put(_ manifest: Manifest, confirm: (SnapshotID) async throws -> Void) async throws -> SnapshotID {
        let bytes = manifest.canonicalBytes
        guard let id = SnapshotID(bytes: HashFunction.sha256.digest(bytes)) else { preconditionFailure("SHA-256 has 32 bytes") }
        let path = Layout.snapshot(id, finished: manifest.finished)
        var isOurs = true
        do throws(StorageError) {
            try await repository.storage.put(bytes, at: path, mode: .ifAbsent)
        } catch {
            // The very same snapshot, published before: by whom, and who was told of it, nobody knows, so it is not ours to take back.
            guard error.code == .alreadyExists else { throw error }
            isOurs = false
        }
        do {
            try await lease.check()
            try await repository.lookFor(manifest)
            try await confirm(id)
        } catch {
            if isOurs { try await repository.storage.delete(path) }
            throw error
        }
        return id
    }
}
