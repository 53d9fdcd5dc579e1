import CMemoryFile
import Glibc

/// A file in memory without a name, for what a program is handed or says: unlike a pipe, it need not be read or written by anybody, and nobody waits
/// for its end.
final class ProgramText: Sendable {
    /// For as long as this value lives.
    let descriptor: CInt

    /// With these bytes, to be read from the beginning. Nil with `errno` where it cannot be made.
    init?(holding bytes: [UInt8]) {
        guard let descriptor = Self.make() else { return nil }
        self.descriptor = descriptor
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            rest = rest.dropFirst(count)
        }
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
    }

    /// With room for so many bytes and no more: what a program writes beyond them is refused it. Nil with `errno` where it cannot be made.
    init?(room: Int) {
        guard let descriptor = Self.make() else { return nil }
        self.descriptor = descriptor
        guard tidemark_memory_file_fix(descriptor, room) == 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// What was written into the room.
    var text: String {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func make() -> CInt? {
        let descriptor = tidemark_memory_file()
        return descriptor < 0 ? nil : descriptor
    }
}
