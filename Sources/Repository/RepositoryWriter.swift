import Compression
import Cryptography
public import SnapshotModel
import Storage

/// Adds objects and snapshots to a repository, under a lease.
public actor RepositoryWriter {
    /// What was done so far.
    public struct Counters: Hashable, Sendable {
        /// Objects put, and their stored bytes.
        public var objectsWritten = 0
        public var bytesWritten = 0
        /// Objects that were there already, and proved or known to be right.
        public var objectsReused = 0
        /// Objects that were there but damaged, and were put again.
        public var objectsHealed = 0
    }

    private struct Packed {
        let length: Int
        let hash: [UInt8]
    }

    let repository: Repository
    let lease: HeldLease
    /// What prunes that are at work may delete.
    private var candidates: [Candidates]
    private var known: [ObjectName: Packed] = [:]
    /// Reused objects whose bytes were proved, or written, in this run.
    private var proved: Set<ObjectName> = []
    private var portion = ProofPortion(total: 0, turn: 0)
    public private(set) var counters = Counters()

    init(_ repository: Repository, _ lease: HeldLease) {
        self.repository = repository
        self.lease = lease
        candidates = lease.candidates
    }

    /// Learns how the pages of snapshots are stored, so that pages shared with them need not be read to be reused.
    func learn(_ manifests: [Manifest]) async {
        for manifest in manifests { for section in manifest.sections { await learn(section.root.reference, level: section.root.level) } }
        portion = ProofPortion(
            total: known.values.reduce(0) { $0 + $1.length }, turn: repository.chance.number(in: 0...ProofPortion.mostTurns))
    }

    private func learn(_ reference: PageReference?, level: Int) async {
        guard let reference, known[reference.name] == nil else { return }
        known[reference.name] = Packed(length: reference.storedLength, hash: reference.storedHash)
        // What cannot be read is not learned; a page there will be read, proved and healed.
        guard level > 0, let below = try? await repository.objects.references(reference, level: level) else { return }
        for reference in below { await learn(reference, level: level - 1) }
    }

    // MARK: Documents

    /// Stores a section's documents and gives the top of their tree.
    /// - Throws: `RepositoryError` (`refused`) where an id is not greater than the one before; `StorageError`.
    public func write(_ documents: some Sequence<Document> & Sendable) async throws -> TreeRoot {
        var tree = TreeGrowth(repository.format.pages)
        for document in documents { try await grow(&tree, document) }
        return try await finish(&tree)
    }

    /// Stores a section's documents as they come and gives the top of their tree.
    /// - Throws: `RepositoryError` (`refused`) where an id is not greater than the one before; `StorageError`; what the sequence throws.
    public func write<Documents: AsyncSequence & Sendable>(_ documents: Documents) async throws -> TreeRoot
    where Documents.Element == Document {
        var tree = TreeGrowth(repository.format.pages)
        for try await document in documents { try await grow(&tree, document) }
        return try await finish(&tree)
    }

    private func grow(_ tree: inout TreeGrowth, _ document: Document) async throws {
        for page in try tree.add(document) { try await store(page, level: 0, &tree) }
    }

    private func store(_ page: PageCutter.Page, level: Int, _ tree: inout TreeGrowth) async throws {
        let reference = try await store(page)
        for parent in tree.add(reference, above: level) { try await store(parent, level: level + 1, &tree) }
    }

    private func finish(_ tree: inout TreeGrowth) async throws -> TreeRoot {
        var level = 0
        while true {
            for page in tree.finish(level) { try await store(page, level: level, &tree) }
            // A level that came to one page is the top.
            if tree.pages(level) <= 1 { return tree.root(level) }
            level += 1
        }
    }

    private func store(_ page: PageCutter.Page) async throws -> PageReference {
        guard let name = ObjectName(bytes: HashFunction.sha256.digest(page.bytes)) else { preconditionFailure("SHA-256 has 32 bytes") }
        let packed = try await store(name, page.bytes)
        known[name] = packed
        proved.insert(name)
        return PageReference(
            name: name, plainLength: page.bytes.count, storedLength: packed.length, storedHash: packed.hash, documents: page.documents,
            first: page.first, last: page.last)
    }

    private func store(_ name: ObjectName, _ plain: [UInt8]) async throws -> Packed {
        try await standAside(for: name)
        let path = Layout.object(name)
        let storage = repository.storage
        let found = try await storage.head(path)
        if let found, let known = known[name], found.length == known.length, try await isSound(name, known) {
            counters.objectsReused += 1
            return known
        }
        let packed = try repository.format.codec.compress(plain)
        let own = Packed(length: packed.count, hash: HashFunction.sha256.digest(packed))
        guard found != nil else {
            do throws(StorageError) {
                try await storage.put(packed, at: path, mode: .ifAbsent)
                counters.objectsWritten += 1
                counters.bytesWritten += packed.count
                return own
            } catch {
                // Another writer put it in this very moment: look at what it put.
                guard error.code == .alreadyExists else { throw error }
            }
            return try await prove(name, or: packed, own)
        }
        return try await prove(name, or: packed, own)
    }

    /// Waits until no prune can delete the object any more: then it is there, or gone and put again.
    ///
    /// That is rare: what a prune deletes was needed by nobody for a while.
    private func standAside(for name: ObjectName) async throws {
        guard repository.heedsCandidates else { return }
        while let index = candidates.firstIndex(where: { $0.names.contains(name) }) {
            let prune = candidates[index].prune
            while try await isAtWork(prune) { try await repository.time.sleep(for: .seconds(1)) }
            candidates.removeAll { $0.prune == prune }
        }
    }

    private func isAtWork(_ prune: String) async throws -> Bool {
        let asked = repository.time.uptime()
        guard let lease = try await repository.lease(prune) else { return false }
        return await repository.isLive(lease, at: try await repository.storage.now(), asked: asked)
    }

    /// Whether the stored bytes are those that an earlier snapshot recorded, as far as it is this run's turn to look.
    private func isSound(_ name: ObjectName, _ known: Packed) async throws -> Bool {
        guard portion.includes(name), !proved.contains(name) else { return true }
        let stored: [UInt8]
        do throws(StorageError) {
            stored = try await repository.storage.get(Layout.object(name), range: 0..<known.length + 1)
        } catch {
            guard error.code == .notFound else { throw error }
            return false
        }
        guard HashFunction.sha256.digest(stored) == known.hash else { return false }
        proved.insert(name)
        return true
    }

    /// What is stored, where it is right; else `packed` in its place.
    private func prove(_ name: ObjectName, or packed: [UInt8], _ own: Packed) async throws -> Packed {
        do {
            let stored = try await repository.objects.read(name).stored
            let actual = Packed(length: stored.count, hash: HashFunction.sha256.digest(stored))
            // Right, yet not as an earlier snapshot recorded it, and we hold precisely those bytes: give them back to it.
            let isRecordedOtherwise = known[name].map { $0.hash == own.hash && $0.hash != actual.hash } ?? false
            if !isRecordedOtherwise {
                counters.objectsReused += 1
                return actual
            }
        } catch let error as RepositoryError where error.code == .damaged {
            // Healed below.
        }
        try await repository.storage.put(packed, at: Layout.object(name), mode: .overwrite)
        counters.objectsHealed += 1
        counters.bytesWritten += packed.count
        return own
    }
}

extension Repository {
    /// Runs `body` with a writer, under a lease that is taken first, renewed meanwhile and released whatever happens.
    ///
    /// Writers share a repository. With `basis`, the last snapshots of what is written now, unchanged pages are not even read.
    /// - Throws: `RepositoryError` (`locked`) while somebody deletes; what `body` throws.
    public func withWriter<Result>(
        holder: String, basis: [Manifest] = [], isolation: isolated (any Actor)? = #isolation,
        _ body: (RepositoryWriter) async throws -> Result
    ) async throws -> Result {
        let lease = try await takeLease(.writer, holder: holder)
        // Cancelled when this scope is left.
        async let _: Void = lease.keep()
        do {
            let writer = RepositoryWriter(self, lease)
            if !basis.isEmpty { await writer.learn(basis) }
            let result = try await body(writer)
            // What was published stays published; a lease that cannot be released ends by itself.
            try? await lease.release()
            return result
        } catch {
            try? await lease.release()
            throw error
        }
    }

    /// - Throws: `RepositoryError` where a page that `manifest` names is not there, or shorter or longer than recorded.
    func lookFor(_ manifest: Manifest) async throws {
        for section in manifest.sections {
            guard let reference = section.root.reference else { continue }
            try await lookFor(reference, level: section.root.level)
        }
    }

    private func lookFor(_ reference: PageReference, level: Int) async throws {
        let path = Layout.object(reference.name)
        guard let found = try await storage.head(path) else { throw Damage(.missing, path, "the snapshot to be published names it").error }
        guard found.length == reference.storedLength else {
            throw Damage(
                found.length < reference.storedLength ? .truncated : .altered, path,
                "\(found.length) bytes instead of \(reference.storedLength)"
            ).error
        }
        guard level > 0 else { return }
        for below in try await objects.references(reference, level: level) { try await lookFor(below, level: level - 1) }
    }
}
