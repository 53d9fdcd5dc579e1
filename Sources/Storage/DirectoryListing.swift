import Bytes
import Glibc

extension DirectoryStorage {
    public func list(_ prefix: StoragePath?, after: StoragePath?, limit: Int) throws(StorageError) -> [StoredObject] {
        var walk = DirectoryWalk(after: after, limit: limit, wantsLeftovers: false)
        let folder: Descriptor
        do throws(StorageError) {
            folder = try self.folder(prefix?.names ?? [], creating: false)
        } catch {
            if error.code == .notFound { return [] }
            throw error
        }
        try walk.visit(folder, prefix, root: root)
        return walk.found
    }

    /// In one walk: page by page each would begin at the first name again.
    public func all(under prefix: StoragePath?) throws(StorageError) -> [StoredObject] { try list(prefix, after: nil, limit: .max) }

    /// What killed writers left aside: safe to delete once no writer runs.
    public func leftovers() throws(StorageError) -> [StoredObject] {
        var walk = DirectoryWalk(after: nil, limit: .max, wantsLeftovers: true)
        try walk.visit(try folder([], creating: false), nil, root: root)
        return walk.found
    }
}

/// A walk through folders in the order of the whole paths' bytes.
private struct DirectoryWalk {
    let after: StoragePath?
    let limit: Int
    let wantsLeftovers: Bool
    private(set) var found: [StoredObject] = []

    init(after: StoragePath?, limit: Int, wantsLeftovers: Bool) {
        self.after = after
        self.limit = limit
        self.wantsLeftovers = wantsLeftovers
    }

    /// Whether it comes before `after` as a file and as a folder, and nothing that may be in it comes later.
    private static func isOver(_ child: StoragePath, _ after: StoragePath) -> Bool {
        let (file, after) = (child.bytes.bytes, after.bytes.bytes)
        let folder = file + [UInt8(ascii: "/")]
        return !after.lexicographicallyPrecedes(file) && !after.lexicographicallyPrecedes(folder) && !after.starts(with: folder)
    }

    mutating func visit(_ folder: borrowing Descriptor, _ path: StoragePath?, root: String) throws(StorageError) {
        let place = path.map { "\(root)/\($0)" } ?? root
        guard let names = folder.names() else { throw .system(errno, "read", place) }
        var entries: [(key: [UInt8], path: StoragePath, status: stat)] = []
        for name in names {
            // A file system's own drawer for what it finds after a crash; not ours to read.
            if path == nil, name == Array("lost+found".utf8) { continue }
            let isLeftover = name.starts(with: DirectoryStorage.asidePrefix.utf8)
            guard let child = StoragePath(bytes: (path.map { $0.bytes + "/" } ?? "") + ByteString(bytes: name)) else { continue }
            // Asked page by page, a large folder is gone through each time: what was listed before costs no call.
            if let after, Self.isOver(child, after) { continue }
            guard let status = folder.status(of: ByteString(bytes: name).fileName) else {
                // Renamed or deleted since the names were read.
                if errno == ENOENT { continue }
                throw .system(errno, "read", "\(root)/\(child)")
            }
            let sort = FileSort(status)
            if sort != .folder, isLeftover != wantsLeftovers { continue }
            // A folder sorts as the paths inside do, with the slash.
            entries.append((sort == .folder ? child.bytes.bytes + [UInt8(ascii: "/")] : child.bytes.bytes, child, status))
        }
        for entry in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            if found.count >= limit { return }
            let isFolder = FileSort(entry.status) == .folder
            if let after = after?.bytes.bytes, !after.lexicographicallyPrecedes(entry.key), !isFolder || !after.starts(with: entry.key) {
                continue
            }
            if isFolder {
                guard let name = entry.path.names.last?.fileName, let child = folder.open(name, O_RDONLY | O_DIRECTORY) else {
                    if errno == ENOENT { continue }
                    throw .system(errno, "read", "\(root)/\(entry.path)")
                }
                try visit(child, entry.path, root: root)
            } else {
                found.append(
                    StoredObject(
                        path: entry.path, length: Int(entry.status.st_size), modified: entry.status.modified,
                        isOrdinary: FileSort(entry.status) == .file))
            }
        }
    }
}
