import Bytes
import Glibc

/// An open file or folder, closed when it goes out of scope. Every call repeats what a signal interrupted.
struct Descriptor: ~Copyable {
    let number: Int32

    /// Takes over `number`; nil where it is −1 and `errno` says why.
    init?(_ number: Int32) {
        guard number >= 0 else { return nil }
        self.number = number
    }

    deinit { close(number) }

    static func retrying(_ call: () -> Int32) -> Int32 {
        while true {
            let result = call()
            if result != -1 || errno != EINTR { return result }
        }
    }

    /// A folder or file below this folder; symbolic links are not followed.
    func open(_ name: FileName, _ flags: Int32) -> Descriptor? {
        Descriptor(Self.retrying { openat(number, name, flags | O_CLOEXEC | O_NOFOLLOW) })
    }

    /// A new file below this folder, readable by its owner only; fails where the name is taken.
    func create(_ name: FileName) -> Descriptor? {
        Descriptor(Self.retrying { openat(number, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600) })
    }

    func status() -> stat? {
        var result = stat()
        return fstat(number, &result) == 0 ? result : nil
    }

    /// The status of `name` below this folder, of the link itself where it is one.
    func status(of name: FileName) -> stat? {
        var result = stat()
        return fstatat(number, name, &result, AT_SYMLINK_NOFOLLOW) == 0 ? result : nil
    }

    /// Makes what was written survive a power failure. False with `errno` set where the disk says no.
    func synchronize() -> Bool { Self.retrying { fsync(number) } == 0 }

    /// Reads at most `count` bytes from `offset` on. Nil with `errno` set on failure.
    func read(_ count: Int, at offset: Int) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(number, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
                if got == 0 { break }
                if got < 0 {
                    if errno == EINTR { continue }
                    failed = true
                    break
                }
                filled += got
            }
        }
        return failed ? nil : bytes
    }

    /// The names in this folder, unsorted, without `.` and `..`, as bytes. Nil with `errno` set on failure.
    func names() -> [[UInt8]]? {
        // The stream closes its descriptor, so it gets one of its own, with a position of its own.
        let own = Self.retrying { openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard own >= 0, let stream = fdopendir(own) else { return nil }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
            errno = 0
        }
        return errno == 0 ? names : nil
    }
}

/// The mode bits that say what sort of file it is.
enum FileSort {
    case file, folder, other

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .folder
        default: self = .other
        }
    }
}

/// A file's name as the system takes it: bytes that end in NUL. Names that are not UTF-8 exist, and stay what they are.
typealias FileName = [CChar]

extension ByteString {
    var fileName: FileName { bytes.map { CChar(bitPattern: $0) } + [0] }
}
