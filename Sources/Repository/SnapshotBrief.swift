public import Bytes
public import Seams
public import SnapshotModel
public import Storage

/// What of a snapshot decides the place of others: little enough to be kept of each, where its manifest is not.
public struct SnapshotBrief: Hashable, Sendable {
    /// What is in a section that can be put back.
    public struct Desired: Hashable, Sendable {
        public let documents: Int
        /// Whether it could be read, and whether wholly.
        public let isRead: Bool
        public let isComplete: Bool
    }

    public let id: SnapshotID
    public let path: StoragePath
    public let clusterID: ByteString
    public let lineage: Lineage
    public let started: Timestamp
    public let finished: Timestamp
    public let selection: String
    public let grade: Certificate.Grade
    public internal(set) var desired: [KindName: Desired]
    /// Of which kinds it has evidence.
    public let evidence: Set<KindName>

    init(_ id: SnapshotID, _ path: StoragePath, _ manifest: Manifest) {
        self.id = id
        self.path = path
        clusterID = manifest.clusterID
        lineage = manifest.lineage
        started = manifest.started
        finished = manifest.finished
        selection = manifest.selection
        grade = manifest.certificate.grade
        desired = Dictionary(
            manifest.sections.filter { $0.part == .desired }.map { section in
                let state = section.state
                return (
                    section.kind,
                    Desired(documents: section.root.documents, isRead: state.outcome.isRead, isComplete: state.isComplete)
                )
            }, uniquingKeysWith: { first, _ in first })
        evidence = Set(manifest.sections.filter { $0.part == .evidence }.map(\.kind))
    }
}

/// A snapshot in the order of all, as far as it is known.
public struct SnapshotOutline: Sendable {
    public let id: SnapshotID
    /// As the file's name says.
    public let finished: Timestamp
    public let brief: Result<SnapshotBrief, RepositoryError>

    public var intact: SnapshotBrief? { try? brief.get() }
    public var problem: RepositoryError? { if case .failure(let error) = brief { error } else { nil } }
}

/// What a process has read of snapshots, run after run: manifests never change, so what a run costs need not grow with their number.
///
/// It is believed for as long as the file has the length and the age that it had. A disk that rots tells neither, so whoever relies on a snapshot
/// reads its manifest again, and nobody checks, forgets or prunes by this.
actor SnapshotMemory {
    private struct Remembered {
        let length: Int
        let modified: Timestamp
        let brief: SnapshotBrief
    }

    private var byPath: [StoragePath: Remembered] = [:]
    /// The files of the last look and what it gave, where nothing was wrong with it: mostly the next one finds the same.
    private var last: (files: [StoredObject], outlines: [SnapshotOutline]) = ([], [])

    /// Of so many at most, which take some 30 MB; more are read each time.
    static let most = 50_000

    /// What a look at these very files gave before; nil where they are others, or something was wrong.
    func outlines(of files: [StoredObject]) -> [SnapshotOutline]? { !files.isEmpty && files == last.files ? last.outlines : nil }

    /// The briefs of those files that are as they were; the others are forgotten.
    func briefs(of files: [StoredObject]) -> [StoragePath: SnapshotBrief] {
        var kept: [StoragePath: Remembered] = [:]
        for file in files {
            guard let known = byPath[file.path], known.length == file.length, known.modified == file.modified else { continue }
            kept[file.path] = known
        }
        byPath = kept
        return kept.mapValues(\.brief)
    }

    /// - Parameter read: in the order of time.
    func remember(_ read: [(file: StoredObject, brief: SnapshotBrief)], _ files: [StoredObject], _ outlines: [SnapshotOutline]) {
        // Most snapshots of a cluster hold as many of each kind as the one before: they share what says so.
        var shared = [KindName: SnapshotBrief.Desired]()
        for (file, brief) in read.prefix(max(0, Self.most - byPath.count)) {
            var brief = brief
            if brief.desired == shared { brief.desired = shared } else { shared = brief.desired }
            byPath[file.path] = Remembered(length: file.length, modified: file.modified, brief: brief)
        }
        let isAll = byPath.count == outlines.count && outlines.allSatisfy { $0.intact != nil }
        last = isAll ? (files, outlines) : ([], [])
    }

    /// It was found to be no longer what it was.
    func forget(_ path: StoragePath) {
        byPath[path] = nil
        last = ([], [])
    }
}

extension Repository {
    /// All snapshots in the order of ``snapshots(known:)``; what was read before by this process is not read again.
    public func outlines() async throws -> [SnapshotOutline] {
        let files = try await storage.all(under: Layout.snapshots)
        if let same = await memory.snapshots.outlines(of: files) { return same }
        let known = await memory.snapshots.briefs(of: files)
        var outlines: [SnapshotOutline] = []
        var read: [(file: StoredObject, brief: SnapshotBrief)] = []
        for file in files {
            if let brief = known[file.path] {
                outlines.append(SnapshotOutline(id: brief.id, finished: brief.finished, brief: .success(brief)))
                continue
            }
            guard let (id, finished) = Layout.snapshot(at: file.path) else { continue }
            switch try await manifestOrProblem(file.path, id) {
            case .success(let manifest):
                let brief = SnapshotBrief(id, file.path, manifest)
                read.append((file, brief))
                outlines.append(SnapshotOutline(id: id, finished: finished, brief: .success(brief)))
            case .failure(let error): outlines.append(SnapshotOutline(id: id, finished: finished, brief: .failure(error)))
            }
        }
        let ordered = SnapshotOrder.newestFirst(outlines)
        await memory.snapshots.remember(read, files, ordered)
        return ordered
    }

    /// The manifest, read and proved now. One that is not what it was is forgotten.
    public func manifest(of brief: SnapshotBrief) async throws -> Manifest {
        switch try await manifestOrProblem(brief.path, brief.id) {
        case .success(let manifest): return manifest
        case .failure(let error):
            await memory.snapshots.forget(brief.path)
            throw error
        }
    }
}
