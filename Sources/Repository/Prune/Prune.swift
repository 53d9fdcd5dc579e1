public import Seams
import SnapshotModel
import Storage

/// Deletes the objects that no snapshot names: the only thing that deletes objects.
///
/// Writers go on beside it. It publishes what it may delete, and waits until every writer at work knows of it or is done; whoever knows
/// relies on none of these objects until the prune is over. Then it reads the manifests again and deletes what is still named by none.
/// Safe to kill at any point and to repeat.
public struct Prune: Sendable {
    public enum Event: Sendable, Hashable {
        /// What the snapshots need.
        case reading(done: Int, of: Int)
        /// A writer began before the candidates were published.
        case waiting(holder: String, until: Timestamp)
        case deleting(done: Int, of: Int)
    }

    /// What a test can leave out, to see that it would be noticed.
    enum Step: Sendable { case wait, readAgain }

    public var repository: Repository
    /// Who prunes, in words for the operator.
    public var holder: String
    /// Only says what would be deleted.
    public var isRehearsal = false
    /// How long to wait for writers that began before, at the most; and so long before that for those whose records are of the future.
    public var patience: Duration = .seconds(660)
    var without: Set<Step> = []

    public init(repository: Repository, holder: String) {
        self.repository = repository
        self.holder = holder
    }

    /// Cancelled, it ends between two deletes: what is left is for the next one.
    /// - Throws: `RepositoryError`: `locked` while another prune runs, or where a writer outlasts the patience; `damaged` where a snapshot
    ///   does not tell what it needs; `leaseLost` where the prune stood still for minutes. `StorageError`.
    public func run(_ tell: @Sendable (Event) -> Void = { _ in }) async throws -> PruneReport {
        var needed = NeededObjects()
        var outlook = try await run(under: nil, &needed, tell).report
        if isRehearsal { return outlook }
        var total = PruneReport()
        total.waitedFor = try await waitForTheFuture(tell)
        // What was found dead is cleared away.
        if !total.waitedFor.isEmpty { outlook = total + (try await run(under: nil, &needed, tell).report) }
        // Nothing is put for what changes nothing: on a full store a lease costs the reserve.
        guard !outlook.isIdle else {
            await repository.layUpReserve()
            return outlook
        }
        while true {
            let (report, isAll) = try await turn(&needed, tell)
            total = total + report
            // On a full store only some candidates could be named; deleting them made room for the others.
            guard !isAll, report.objectsFreed > 0 else {
                await repository.layUpReserve()
                return total
            }
        }
    }

    /// Under a lease from beginning to end; whether all was freed that could be.
    private func turn(
        _ needed: inout NeededObjects, _ tell: @Sendable (Event) -> Void
    ) async throws -> (report: PruneReport, isAll: Bool) {
        let lease = try await repository.takeLease(.pruner, holder: holder, freesRoom: true)
        // Cancelled when this scope is left.
        async let _: Void = lease.keep()
        do {
            let result = try await run(under: lease, &needed, tell)
            await end(lease)
            return result
        } catch {
            await end(lease)
            throw error
        }
    }

    private func end(_ lease: HeldLease) async {
        guard (try? await repository.storage.delete(Layout.candidates(of: lease.lease.id))) != nil else { return }
        await repository.end(lease)
    }

    /// - Parameters:
    ///   - lease: nil for a look, which changes nothing.
    ///   - needed: what a look before has walked is not walked again.
    private func run(
        under lease: HeldLease?, _ needed: inout NeededObjects, _ tell: @Sendable (Event) -> Void
    ) async throws -> (report: PruneReport, isAll: Bool) {
        let storage = repository.storage
        var report = PruneReport()
        report.isRehearsal = isRehearsal
        try await needed.look(at: repository) { tell(.reading(done: $0, of: $1)) }
        var stored: [ObjectName: Int] = [:]
        for object in try await storage.all(under: Layout.objects) where object.isOrdinary {
            if let name = Layout.object(at: object.path) { stored[name] = object.length }
        }
        let all = stored.keys.filter { needed.lengths[$0] == nil }
        var names = Set(all)
        if !names.isEmpty, let lease {
            names = try await publish(all.sorted { (stored[$0] ?? 0, $0) > (stored[$1] ?? 0, $1) }, lease)
            if !without.contains(.wait) { try await waitForWriters(lease, &report, tell) }
            // After the writers: what they published meanwhile is seen.
            if !without.contains(.readAgain) { try await needed.look(at: repository) { tell(.reading(done: $0, of: $1)) } }
        }
        let doomed = names.filter { needed.lengths[$0] == nil }.sorted()
        if let lease { try await delete(doomed.map { Layout.object($0) }, under: lease, tell) }
        for name in doomed { report.bytesFreed += stored[name] ?? 0 }
        report.objectsFreed = doomed.count
        report.objectsKept = stored.count - doomed.count
        report.bytesKept = stored.values.reduce(0, +) - report.bytesFreed
        try await clearAway(lease, present: needed.snapshots, &report)
        return (report, names.count == all.count)
    }

    /// How many are named at first on a full store.
    private static let portion = 300

    /// Names the candidates to writers; on a full store as many as there is room for.
    /// - Parameter names: those first that make the most room.
    private func publish(_ names: [ObjectName], _ lease: HeldLease) async throws(StorageError) -> Set<ObjectName> {
        var portion = names
        while true {
            do throws(StorageError) {
                let candidates = Candidates(prune: lease.lease.id, names: Set(portion))
                let took = try await repository.putToFreeRoom(candidates.canonicalBytes, at: Layout.candidates(of: lease.lease.id))
                if took { await lease.noteReserve() }
                return candidates.names
            } catch {
                guard error.code == .full, portion.count > 1 else { throw error }
                portion = Array(portion.prefix(min(Self.portion, portion.count / 2)))
            }
        }
    }

    /// Until every writer at work knows the candidates, or is done.
    private func waitForWriters(_ lease: HeldLease, _ report: inout PruneReport, _ tell: @Sendable (Event) -> Void) async throws {
        let start = repository.time.uptime()
        while true {
            let others = try await repository.leases().filter { other in
                other.id != lease.lease.id && [.writer, .exclusive].contains(other.sort) && !other.knows.contains(lease.lease.id)
            }
            guard let other = others.first else { return }
            if !report.waitedFor.contains(other.holder) { report.waitedFor.append(other.holder) }
            let end = await repository.end(of: other, at: try await repository.storage.now())
            guard repository.time.uptime() - start < patience else {
                throw RepositoryError(
                    code: .locked,
                    message: "nothing was deleted in \(repository.storage.name): \(other.holder) has been at work since \(other.since)",
                    hint: "Prune again when it is done; a killed one's lease ends by itself, this one at \(end) unless renewed.",
                    lease: other.ending(end))
            }
            tell(.waiting(holder: other.holder, until: end))
            try await repository.time.sleep(for: .seconds(1))
        }
    }

    /// Until nobody's record is of the future: each holder has renewed it, or is known to be dead. What a killed process left while the
    /// store's clock was ahead would stand, and keep snapshots from being forgotten, until the clock comes there again.
    ///
    /// Before a lease is taken: writers wait for whoever deletes.
    /// - Returns: who was waited for.
    private func waitForTheFuture(_ tell: @Sendable (Event) -> Void) async throws -> [String] {
        let start = repository.time.uptime()
        var waitedFor: [String] = []
        while let (holder, end) = try await repository.holdersOfTheFuture().first {
            if !waitedFor.contains(holder) { waitedFor.append(holder) }
            let rest = patience - (repository.time.uptime() - start)
            guard rest > .zero else { break }
            tell(.waiting(holder: holder, until: end))
            try await repository.time.sleep(for: min(rest, .seconds(5)))
        }
        return waitedFor
    }

    /// Deletes only while the lease surely holds: whoever knows the candidates relies on nothing being deleted after its end.
    private func delete(_ paths: [StoragePath], under lease: HeldLease, _ tell: @Sendable (Event) -> Void) async throws {
        var checked: Duration?
        for (done, path) in paths.enumerated() {
            let uptime = repository.time.uptime()
            if checked.map({ uptime - $0 > .seconds(5) }) ?? true {
                try await lease.check(rest: Self.rest)
                checked = uptime
            }
            try Task.checkCancellation()
            tell(.deleting(done: done, of: paths.count))
            try await repository.storage.delete(path)
        }
    }

    /// The lease lasts so long from its last proof before a delete is sent.
    static let rest: Duration = .seconds(120)

    /// What is no object and means nothing any more.
    private func clearAway(_ lease: HeldLease?, present: Set<SnapshotID>, _ report: inout PruneReport) async throws {
        let storage = repository.storage
        let (now, asked) = (try await storage.now(), repository.time.uptime())
        let leases = try await repository.allLeases()
        let live = await repository.live(leases, at: now, asked: asked)
        for over in leases where !live.contains(over) && over.id != lease?.lease.id {
            report.endedLeases.append(over.holder)
            if lease != nil { try await storage.delete(Layout.lease(over.id)) }
        }
        var records: [StoragePath] = []
        for object in try await storage.all(under: Layout.candidates) {
            let isLive = live.contains { Layout.candidates(of: $0.id) == object.path }
            if !isLive { records.append(object.path) }
        }
        // Their snapshots are looked for once more: one may have been published since.
        let snapshots = present.union(try await repository.snapshotIDs())
        records += try await repository.strayConfirmations(present: snapshots).map(\.path)
        records += try await storage.all(under: Layout.pins).map(\.path).filter {
            Layout.pin(at: $0).map { !snapshots.contains($0) } ?? false
        }
        records += try await repository.readers().filter { !$0.isLive }.map(\.path)
        report.recordsFreed = records.count
        if lease != nil { for path in records { try await storage.delete(path) } }
        // What is being written aside now is younger than its writer's lease, or than any call may take.
        let oldest = (live.map(\.since) + [now.advanced(by: .zero - Lease.length)]).min() ?? now
        for object in try await storage.leftovers() where object.modified < oldest.advanced(by: .zero - Lease.skew) {
            report.leftoversFreed += 1
            report.leftoverBytesFreed += object.length
            if lease != nil { try await storage.delete(object.path) }
        }
    }
}
