import Bytes
import Glibc
public import Seams
import Synchronization

/// A store in a folder of a file system.
///
/// - An object is written aside in its own folder, synced, given its name, and the folder synced: a reader sees all of it or
///   nothing, whenever the power fails. What a killed writer leaves aside is never listed, and named by ``leftovers()``.
/// - Files are readable by their owner only (0600), folders likewise (0700); nothing is written into somebody else's folder.
/// - Below the root, symbolic links are not followed, so no object lies outside.
/// - The calls block their thread for as long as the disk takes. They are short (an object is some tens of kilobytes), and
///   a process makes few at a time, so they run where they are called instead of on threads of their own.
public final class DirectoryStorage: Storage {
    /// As the operator gave it.
    public let root: String
    private let time: any TimeSource
    /// Numbers the files written aside; the process id tells processes apart, and an exclusive creation everything else.
    private let counter = Atomic<UInt64>(0)
    /// The system's `write`; tests put a full disk in its place.
    private let write: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int

    static let asidePrefix = ".tidemark-aside-"

    public var name: String { root }

    /// The folder need not be there yet: the first `put` makes it (but not the one that it is to be in).
    public convenience init(root: String, time: any TimeSource) { self.init(root: root, time: time) { Glibc.write($0, $1, $2) } }

    init(root: String, time: any TimeSource, write: @escaping @Sendable (Int32, UnsafeRawPointer?, Int) -> Int) {
        self.root = root
        self.time = time
        self.write = write
    }

    public func now() -> Timestamp { time.now() }

    // MARK: Writing

    public func put(_ bytes: [UInt8], at path: StoragePath, mode: PutMode) throws(StorageError) {
        var names = path.names
        let last = names.removeLast().fileName
        let folder = try folder(names, creating: true)
        let aside = try createAside(in: folder, for: path, with: bytes)
        do {
            try give(aside, the: last, in: folder, mode: mode, for: path)
        } catch {
            unlinkat(folder.number, aside, 0)
            throw error
        }
        guard folder.synchronize() else { throw .system(errno, "write", full(path)) }
    }

    public func delete(_ path: StoragePath) throws(StorageError) {
        guard try head(path) != nil else { return }
        var names = path.names
        let last = names.removeLast().fileName
        try checkOwner(try openExistingRoot())
        let folder = try folder(names, creating: false)
        guard unlinkat(folder.number, last, 0) == 0 || errno == ENOENT else { throw .system(errno, "delete", full(path)) }
        guard folder.synchronize() else { throw .system(errno, "delete", full(path)) }
    }

    /// A new file of a name that nobody else uses, with these bytes, synced.
    private func createAside(in folder: borrowing Descriptor, for path: StoragePath, with bytes: [UInt8]) throws(StorageError) -> FileName {
        while true {
            let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
            let aside = ByteString("\(Self.asidePrefix)\(getpid())-\(number)").fileName
            guard let file = folder.create(aside) else {
                // Taken by a process that had our number and was killed.
                if errno == EEXIST { continue }
                throw .system(errno, "write", full(path))
            }
            do {
                try fill(file, with: bytes, for: path)
            } catch {
                unlinkat(folder.number, aside, 0)
                throw error
            }
            return aside
        }
    }

    private func fill(_ file: borrowing Descriptor, with bytes: [UInt8], for path: StoragePath) throws(StorageError) {
        let number = file.number
        let failure: Int32 = bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let step = write(number, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                if step >= 0 {
                    written += step
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
        guard failure == 0 else { throw .system(failure, "write", full(path)) }
        guard file.synchronize() else { throw .system(errno, "write", full(path)) }
    }

    private func give(
        _ aside: FileName, the last: FileName, in folder: borrowing Descriptor, mode: PutMode, for path: StoragePath
    ) throws(StorageError) {
        let number = folder.number
        if mode == .ifAbsent {
            // A link fails where the name is taken.
            if linkat(number, aside, number, last, 0) == 0 {
                unlinkat(number, aside, 0)
                return
            }
            // Some file systems have no links. There two writers in the same instant could both put their file;
            // an object is named by its content, so nothing is lost by that.
            guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else { throw .system(errno, "write", full(path)) }
            guard folder.status(of: last) == nil else { throw .alreadyExists(full(path)) }
        }
        guard renameat(number, aside, number, last) == 0 else {
            throw errno == EISDIR ? .notOrdinary(full(path)) : .system(errno, "write", full(path))
        }
    }

    // MARK: Reading

    public func get(_ path: StoragePath, range: Range<Int>?) throws(StorageError) -> [UInt8] {
        let file = try openFile(path)
        let length = Int(try status(of: file, at: path).st_size)
        let wanted = range ?? 0..<length
        let start = min(wanted.lowerBound, length)
        guard let bytes = file.read(min(wanted.upperBound, length) - start, at: start) else { throw .system(errno, "read", full(path)) }
        return bytes
    }

    public func head(_ path: StoragePath) throws(StorageError) -> StoredObject? {
        do throws(StorageError) {
            let status = try status(of: try openFile(path), at: path)
            return StoredObject(path: path, length: Int(status.st_size), modified: status.modified)
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    private func openFile(_ path: StoragePath) throws(StorageError) -> Descriptor {
        var names = path.names
        let last = names.removeLast().fileName
        let folder = try folder(names, creating: false)
        // Not blocking, so that a pipe in an object's place cannot hold us up.
        guard let file = folder.open(last, O_RDONLY | O_NONBLOCK) else {
            throw errno == ELOOP || errno == ENXIO ? .notOrdinary(full(path)) : .system(errno, "read", full(path))
        }
        return file
    }

    private func status(of file: borrowing Descriptor, at path: StoragePath) throws(StorageError) -> stat {
        guard let status = file.status() else { throw .system(errno, "read", full(path)) }
        guard FileSort(status) == .file else { throw .notOrdinary(full(path)) }
        return status
    }

    // MARK: Folders

    /// The open folder of these names below the root, made where `creating`.
    func folder(_ names: [ByteString], creating: Bool) throws(StorageError) -> Descriptor {
        var folder = try openRoot(creating: creating)
        if creating { try checkOwner(folder) }
        var path = root
        for name in names.map({ (text: $0.escaped, file: $0.fileName) }) {
            path += "/\(name.text)"
            if let next = folder.open(name.file, O_RDONLY | O_DIRECTORY) {
                folder = next
                continue
            }
            guard errno == ENOENT, creating else { throw .system(errno, creating ? "write" : "read", path) }
            guard mkdirat(folder.number, name.file, 0o700) == 0 || errno == EEXIST else { throw .system(errno, "write", path) }
            guard folder.synchronize(), let next = folder.open(name.file, O_RDONLY | O_DIRECTORY) else {
                throw .system(errno, "write", path)
            }
            folder = next
        }
        return folder
    }

    private func openRoot(creating: Bool) throws(StorageError) -> Descriptor {
        do throws(StorageError) {
            return try openExistingRoot()
        } catch {
            guard creating, error.code == .notFound else { throw error }
            guard mkdir(root, 0o700) == 0 || errno == EEXIST else {
                throw errno == ENOENT
                    ? StorageError(
                        code: .notFound, path: root, message: "cannot make \(root): the folder that it would be in is not there",
                        hint: "Make that folder first, and check that the disk or share is mounted.")
                    : .system(errno, "write", root)
            }
            return try openExistingRoot()
        }
    }

    /// The root itself may be a link: that is the operator's choice.
    private func openExistingRoot() throws(StorageError) -> Descriptor {
        guard let folder = Descriptor(Descriptor.retrying { open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }) else {
            throw .system(errno, "read", root)
        }
        return folder
    }

    private func checkOwner(_ folder: borrowing Descriptor) throws(StorageError) {
        guard let status = folder.status() else { throw .system(errno, "read", root) }
        guard status.st_uid == geteuid() else { throw .notOurs(root, owner: status.st_uid, us: geteuid()) }
    }

    private func full(_ path: StoragePath) -> String { "\(root)/\(path)" }
}

extension stat {
    var modified: Timestamp { Timestamp(milliseconds: Int64(st_mtim.tv_sec) * 1000 + Int64(st_mtim.tv_nsec) / 1_000_000) }
}
