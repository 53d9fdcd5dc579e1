import Glibc
import Seams
import NIOConcurrencyHelpers

@testable import Storage

/// A clock that only tests move.
final class HandTime: TimeSource {
    private let moment = NIOLockedValueBox(Timestamp(milliseconds: 1_795_000_000_000))

    func now() -> Timestamp { moment.withLockedValue { $0 } }
    func uptime() -> Duration { now().since(Timestamp(milliseconds: 0)) }
    func sleep(for duration: Duration) async throws { moment.withLockedValue { $0 = $0.advanced(by: duration) } }
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

/// Names are bytes here too: what is not UTF-8 must go as well.
func removeTree(_ path: String) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    removeContent(of: folder)
    rmdir(path)
}

/// Closes `folder`.
private func removeContent(of folder: Int32) {
    guard let stream = fdopendir(folder) else {
        close(folder)
        return
    }
    while let entry = readdir(stream) {
        withUnsafePointer(to: &entry.pointee.d_name) { field in
            field.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                guard strcmp(name, ".") != 0, strcmp(name, "..") != 0 else { return }
                let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                if inner >= 0 { removeContent(of: inner) }
                if unlinkat(folder, name, inner >= 0 ? AT_REMOVEDIR : 0) != 0 { perror("a test's folder stays") }
            }
        }
    }
    closedir(stream)
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
