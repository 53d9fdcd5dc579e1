import Glibc

/// Small files that an operator names: properties, certificates, keys.
public enum ConfigurationFile {
    /// Longest file that is taken, in bytes.
    public static let limit = 4 << 20

    /// The bytes of a file. Throws `.configuration` with the path and the system's reason.
    public static func read(_ path: String) throws(KafkaError) -> [UInt8] {
        // Without waiting for somebody to write, as a pipe would have it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
        let isHandedOver = status.st_mode & S_IFMT == S_IFIFO && isOpened(path)
        guard isHandedOver || [S_IFREG, S_IFCHR].contains(status.st_mode & S_IFMT) else {
            throw .configuration(
                "the file \(path) cannot be read: it is no regular file", "Give the path of a file, not of a named pipe or folder.")
        }
        // Whoever opened it writes it.
        if isHandedOver { _ = fcntl(descriptor, F_SETFL, O_RDONLY) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw .configuration("the file \(path) is larger than \(limit >> 20) MiB", "Check that it is the right file.")
            }
        }
    }

    /// Whether the path is of a descriptor that was opened before the program began, as a shell's `<(…)` is: its writer is there.
    public static func isOpened(_ path: String) -> Bool {
        path == "/dev/stdin" || ["/dev/fd/", "/proc/self/fd/"].contains { path.hasPrefix($0) }
    }

    /// The same, or nil where there is no such file.
    public static func readIfThere(_ path: String) throws(KafkaError) -> [UInt8]? {
        guard access(path, F_OK) == 0 || errno != ENOENT && errno != ENOTDIR else { return nil }
        return try read(path)
    }

    private static func unreadable(_ path: String) -> KafkaError {
        .configuration("the file \(path) cannot be read: \(String(cString: strerror(errno)))", "Check the path and its permissions.")
    }
}
