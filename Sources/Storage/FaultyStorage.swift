public import Seams

/// A store that goes wrong on demand: what a test or a drill puts around another one.
public struct FaultyStorage: Storage {
    public enum Verb: Sendable, Hashable { case put, get, head, list, delete, now }

    public enum Fault: Sendable {
        /// The call is not done, and fails.
        case refuse(StorageError)
        /// The call is done, and fails all the same: the answer was lost.
        case loseAnswer(StorageError)
        /// A `put` stores, or a `get` gives, other bytes.
        case alter(@Sendable ([UInt8]) -> [UInt8])
    }

    private let base: any Storage
    private let fault: @Sendable (Verb, StoragePath?) -> Fault?

    public var name: String { base.name }

    /// `fault` is asked before each call; nil lets it pass.
    public init(_ base: any Storage, fault: @escaping @Sendable (Verb, StoragePath?) -> Fault?) {
        self.base = base
        self.fault = fault
    }

    private func perform<Value>(
        _ verb: Verb, _ path: StoragePath?, _ call: () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        switch fault(verb, path) {
        case .refuse(let error): throw error
        case .loseAnswer(let error):
            _ = try await call()
            throw error
        case .alter, nil: return try await call()
        }
    }

    public func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) async throws(StorageError) {
        let stored: [UInt8]
        switch fault(.put, path) {
        case .refuse(let error): throw error
        case .loseAnswer(let error):
            try await base.put(bytes, at: path, mode: mode)
            throw error
        case .alter(let change): stored = change(bytes)
        case nil: stored = bytes
        }
        try await base.put(stored, at: path, mode: mode)
    }

    public func get(_ path: StoragePath, range: Range<Int>?) async throws(StorageError) -> [UInt8] {
        switch fault(.get, path) {
        case .refuse(let error), .loseAnswer(let error): throw error
        case .alter(let change): return change(try await base.get(path, range: range))
        case nil: return try await base.get(path, range: range)
        }
    }

    public func head(_ path: StoragePath) async throws(StorageError) -> StoredObject? {
        try await perform(.head, path) { () async throws(StorageError) in try await base.head(path) }
    }

    public func list(_ prefix: StoragePath?, after: StoragePath?, limit: Int) async throws(StorageError) -> [StoredObject] {
        try await perform(.list, prefix) { () async throws(StorageError) in try await base.list(prefix, after: after, limit: limit) }
    }

    public func delete(_ path: StoragePath) async throws(StorageError) {
        try await perform(.delete, path) { () async throws(StorageError) in try await base.delete(path) }
    }

    public func now() async throws(StorageError) -> Timestamp {
        try await perform(.now, nil) { () async throws(StorageError) in try await base.now() }
    }
}
