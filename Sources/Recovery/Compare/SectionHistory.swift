import Bytes
public import Repository
public import SnapshotModel

/// What each section of a repository's snapshots is compared with where their story is told, from the oldest on: what was seen before of the
/// same cluster.
///
/// What was not asked for, or could not be read, is not gone, and what is read again afterwards is not new.
public struct SectionHistory: Sendable {
    private struct Key: Hashable {
        var cluster: ByteString
        var kind: KindName
        var part: Part
        /// The rules that it was captured by.
        var scope: String
    }

    /// The last one that was read whole by these rules, and those after it that saw some of the same.
    private var seen: [Key: [TreeRoot]] = [:]

    public init() {}

    /// What `section` shows to be otherwise than what was seen before. A resource may come twice, each time as it is now, and one that others
    /// saw as it is, too.
    public func changes(to section: Section, of manifest: Manifest, in repository: Repository) -> SectionChanges {
        guard section.state.outcome == .captured, let key = key(section, manifest) else {
            return SectionChanges(repository: repository, before: [], root: .empty, tellsRemovals: false)
        }
        let isWhole = section.state.isComplete
        let before = seen[key] ?? [.empty]
        return SectionChanges(
            repository: repository, before: isWhole ? before : [before[0]], root: section.root, tellsRemovals: isWhole)
    }

    /// To be called with each snapshot once its sections were compared.
    public mutating func note(_ manifest: Manifest) {
        for section in manifest.sections where section.state.outcome == .captured {
            guard let key = key(section, manifest) else { continue }
            if section.state.isComplete {
                seen[key] = [section.root]
            } else {
                add(section.root, to: key)
            }
            var whole = key
            whole.scope = SelectionScopes.whole
            if whole != key { add(section.root, to: whole) }
        }
    }

    private mutating func add(_ root: TreeRoot, to key: Key) {
        var roots = seen[key] ?? [.empty]
        if !roots.contains(root) { roots.append(root) }
        seen[key] = roots
    }

    private func key(_ section: Section, _ manifest: Manifest) -> Key? {
        SelectionScopes(manifest.selection).scope(of: section.kind).map {
            Key(cluster: manifest.clusterID, kind: section.kind, part: section.part, scope: $0)
        }
    }
}

/// How a section differs from several earlier ones, one after the other.
public struct SectionChanges: AsyncSequence, Sendable {
    public typealias Element = Change

    let repository: Repository
    let before: [TreeRoot]
    let root: TreeRoot
    /// Whether what is missing is gone.
    let tellsRemovals: Bool

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let changes: SectionChanges
        fileprivate var index = 0
        fileprivate var current: StoredChanges.AsyncIterator?

        public mutating func next() async throws -> Change? {
            while true {
                while let change = try await current?.next() {
                    if case .removed = change, !changes.tellsRemovals { continue }
                    return change
                }
                guard index < changes.before.count else { return nil }
                current = changes.repository.difference(changes.before[index], changes.root).makeAsyncIterator()
                index += 1
            }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(changes: self) }
}
