public import Seams
import NIOConcurrencyHelpers

/// A store in memory: the model that the others are measured against, and the store of simulations.
public final class MemoryStorage: Storage {
    private struct Entry {
        var bytes: [UInt8]
        var modified: Timestamp
    }

    private let time: any TimeSource
    private let entries = NIOLockedValueBox<[StoragePath: Entry]>([:])

    public var name: String { "memory" }

    public init(time: any TimeSource) { self.time = time }

    public func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) throws(StorageError) {
        let modified = time.now()
        let conflict = entries.withLockedValue { entries in
            if let other = entries.keys.first(where: { path.isBelow($0) || $0.isBelow(path) }) { return other as StoragePath? }
            if mode == .ifAbsent, entries[path] != nil { return path }
            entries[path] = Entry(bytes: bytes, modified: modified)
            return nil
        }
        guard let conflict else { return }
        if conflict == path { throw .alreadyExists("\(path)") }
        throw .notADirectory("\(conflict)")
    }

    public func get(_ path: StoragePath, range: Range<Int>?) throws(StorageError) -> [UInt8] {
        guard let bytes = entries.withLockedValue({ $0[path]?.bytes }) else { throw .notFound("\(path)") }
        guard let range else { return bytes }
        return Array(bytes[min(range.lowerBound, bytes.count)..<min(range.upperBound, bytes.count)])
    }

    public func head(_ path: StoragePath) -> StoredObject? {
        entries.withLockedValue { $0[path] }.map { StoredObject(path: path, length: $0.bytes.count, modified: $0.modified) }
    }

    public func list(_ prefix: StoragePath?, after: StoragePath?, limit: Int) -> [StoredObject] {
        let found = entries.withLockedValue { entries in
            entries.filter { path, _ in (prefix.map { path.isBelow($0) } ?? true) && (after.map { $0 < path } ?? true) }
        }
        return found.sorted { $0.key < $1.key }.prefix(limit)
            .map { StoredObject(path: $0.key, length: $0.value.bytes.count, modified: $0.value.modified) }
    }

    public func delete(_ path: StoragePath) { entries.withLockedValue { $0[path] = nil } }

    public func now() -> Timestamp { time.now() }
}
