public import Seams

/// Bytes at rest: a folder, a bucket. Seven verbs, the same promises for every store; one suite proves them for each.
///
/// - An object is there wholly or not at all, also after the power fails: `put` returns when the bytes are safe.
/// - Each call sees what earlier calls of anyone, once returned, have done.
/// - `list` is ascending by the bytes of the path.
public protocol Storage: Sendable {
    /// Stores `bytes` at `path`.
    /// - Throws: `alreadyExists` where something is there and `mode` is `.ifAbsent`; of two such puts at once, one wins.
    func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) async throws(StorageError)

    /// The object's bytes within `range` (all of them without one), cut to what there is: beyond the end it is empty.
    /// - Throws: `notFound`.
    func get(_ path: StoragePath, range: Range<Int>?) async throws(StorageError) -> [UInt8]

    /// Length and age of the object, or nil where there is none.
    func head(_ path: StoragePath) async throws(StorageError) -> StoredObject?

    /// At most `limit` objects in the folder `prefix` (everywhere without one), at any depth, those after `after` only.
    func list(_ prefix: StoragePath?, after: StoragePath?, limit: Int) async throws(StorageError) -> [StoredObject]

    /// Everything in the folder `prefix`, in the order of ``list(_:after:limit:)``.
    func all(under prefix: StoragePath?) async throws(StorageError) -> [StoredObject]

    /// Removes the object. Nothing being there is no error.
    func delete(_ path: StoragePath) async throws(StorageError)

    /// What killed writers left aside: never listed, safe to delete once no writer runs.
    func leftovers() async throws(StorageError) -> [StoredObject]

    /// The store's clock, by which ages and leases count.
    func now() async throws(StorageError) -> Timestamp

    /// The store as the operator named it, for messages.
    var name: String { get }
}

public enum PutMode: Sendable, Hashable {
    /// Only where nothing is.
    case ifAbsent
    /// In place of whatever is there.
    case overwrite
}

/// What a store says about an object without reading it.
public struct StoredObject: Hashable, Sendable {
    public let path: StoragePath
    /// Bytes.
    public let length: Int
    /// When it was put, on the store's clock.
    public let modified: Timestamp
    /// False for what is no object of anyone's: a link, a pipe, a device.
    public let isOrdinary: Bool

    public init(path: StoragePath, length: Int, modified: Timestamp, isOrdinary: Bool = true) {
        self.path = path
        self.length = length
        self.modified = modified
        self.isOrdinary = isOrdinary
    }
}

extension Storage {
    /// A store that takes an object wholly or not at all has none.
    public func leftovers() async throws(StorageError) -> [StoredObject] { [] }

    public func get(_ path: StoragePath) async throws(StorageError) -> [UInt8] { try await get(path, range: nil) }

    /// Asked for in pages.
    public func all(under prefix: StoragePath?) async throws(StorageError) -> [StoredObject] {
        var objects: [StoredObject] = []
        while true {
            let page = try await list(prefix, after: objects.last?.path, limit: 1_000)
            objects.append(contentsOf: page)
            if page.count < 1_000 { return objects }
        }
    }
}
