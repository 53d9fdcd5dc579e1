import Glibc
import Seams
import Synchronization

@testable import Storage

/// A clock that only tests move.
final class HandTime: TimeSource {
    private let moment = Mutex(Timestamp(milliseconds: 1_795_000_000_000))

    func now() -> Timestamp { moment.withLock { $0 } }
    func uptime() -> Duration { now().since(Timestamp(milliseconds: 0)) }
    func sleep(for duration: Duration) async throws { moment.withLock { $0 = $0.advanced(by: duration) } }
}

/// Every store that the laws are run over.
enum StoreUnderTest: String, CaseIterable, Sendable {
    case memory, directory, behindFaults

    func with(_ body: (any Storage) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemoryStorage(time: HandTime()))
        case .behindFaults: try await body(FaultyStorage(MemoryStorage(time: HandTime())) { _, _ in nil })
        case .directory: try await withFolder { try await body(DirectoryStorage(root: "\($0)/store", time: HandTime())) }
        }
    }
}

/// A new folder, removed afterwards with all that is in it.
func withFolder(_ body: (String) async throws -> Void) async throws {
    var template = Array("/tmp/tidemark-storage-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw StorageError.system(errno, "write", "/tmp") }
    let folder = String(cString: made)
    defer { removeTree(folder) }
    try await body(folder)
}

func removeTree(_ path: String) {
    if let folder = opendir(path) {
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var status = stat()
            if name == "." || name == ".." || lstat("\(path)/\(name)", &status) != 0 { continue }
            if FileSort(status) == .folder { removeTree("\(path)/\(name)") } else { unlink("\(path)/\(name)") }
        }
        closedir(folder)
    }
    rmdir(path)
}

/// The code of the error that `body` throws, or nil where it throws none.
func code(of body: () async throws -> Void) async -> StorageError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? StorageError)?.code
    }
}
