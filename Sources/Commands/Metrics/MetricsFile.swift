import Glibc
import Seams

/// A file that a reader never sees half written: node_exporter's textfile collector takes whatever `*.prom` is there at any moment.
struct MetricsFile {
    let path: String

    /// Written aside, synced, renamed, and the folder synced. Throws what failed, in words.
    func write(_ bytes: [UInt8], _ chance: any ChanceSource) throws(MetricsFileError) {
        // Hidden, and without the suffix that a collector looks for.
        let suffix = chance.bytes(6).map { String($0, radix: 16) }.joined()
        let aside = folder + "." + String(path[nameStart...]) + "." + suffix + ".tmp"
        let file = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw MetricsFileError("a file beside it cannot be made: \(Self.reason)") }
        do throws(MetricsFileError) {
            try fill(file, bytes)
            guard rename(aside, path) == 0 else { throw MetricsFileError("it cannot be given its name: \(Self.reason)") }
        } catch {
            unlink(aside)
            throw error
        }
        let parent = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { return }
        fsync(parent)
        close(parent)
    }

    /// Writes, syncs and closes `file`.
    private func fill(_ file: CInt, _ bytes: [UInt8]) throws(MetricsFileError) {
        defer { close(file) }
        // On purpose, whatever the umask: another user's process, the collector, reads it, and no secret is in it.
        guard fchmod(file, 0o644) == 0 else { throw MetricsFileError("its rights cannot be set: \(Self.reason)") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw MetricsFileError("it cannot be written: \(Self.reason)") }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0 else { throw MetricsFileError("it cannot be synced: \(Self.reason)") }
    }

    /// What is there; nil where nothing is, or nothing that can be one.
    func read() -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < 16 << 20 {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
        }
        return nil
    }

    private var nameStart: String.Index { path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex }
    /// With its slash; empty for the working folder.
    private var folder: String { String(path[..<nameStart]) }
    private static var reason: String { String(cString: strerror(errno)) }
}

struct MetricsFileError: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }
}
