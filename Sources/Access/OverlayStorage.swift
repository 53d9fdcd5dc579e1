import NIOConcurrencyHelpers
public import Seams
public import Storage

/// A store that looks like another one and keeps every change to itself, in memory: for trying what a backup would do.
public final class OverlayStorage: Storage {
    private let base: any Storage
    private let above: MemoryStorage
    /// What was deleted here and is below still.
    private let hidden = NIOLockedValueBox<Set<StoragePath>>([])

    public init(over base: any Storage, time: any TimeSource) {
        self.base = base
        above = MemoryStorage(time: time)
    }

    public var name: String { base.name }

    public func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) async throws(StorageError) {
        if mode == .ifAbsent, above.head(path) == nil, try await head(path) != nil {
            throw StorageError(
                code: .alreadyExists, path: path.description, message: "\(path) is in \(name) already", hint: "give another name.")
        }
        try above.put(bytes, at: path, mode: mode)
        hidden.withLockedValue { _ = $0.remove(path) }
    }

    public func get(_ path: StoragePath, range: Range<Int>?) async throws(StorageError) -> [UInt8] {
        if above.head(path) == nil, !isHidden(path) { return try await base.get(path, range: range) }
        return try above.get(path, range: range)
    }

    public func head(_ path: StoragePath) async throws(StorageError) -> StoredObject? {
        if let object = above.head(path) { return object }
        return isHidden(path) ? nil : try await base.head(path)
    }

    public func list(_ prefix: StoragePath?, after: StoragePath?, limit: Int) async throws(StorageError) -> [StoredObject] {
        let own = above.list(prefix, after: after, limit: limit)
        let ownPaths = Set(own.map(\.path))
        var below: [StoredObject] = []
        var last = after
        // What is hidden takes no place of what is not.
        while below.count < limit {
            let page = try await base.list(prefix, after: last, limit: limit)
            below += page.filter { !isHidden($0.path) && !ownPaths.contains($0.path) }
            guard page.count == limit, let end = page.last else { break }
            last = end.path
        }
        return Array((own + below).sorted { $0.path < $1.path }.prefix(limit))
    }

    public func delete(_ path: StoragePath) async throws(StorageError) {
        above.delete(path)
        hidden.withLockedValue { _ = $0.insert(path) }
    }

    public func now() async throws(StorageError) -> Timestamp { try await base.now() }

    private func isHidden(_ path: StoragePath) -> Bool { hidden.withLockedValue { $0.contains(path) } }
}
