import Glibc

extension StorageError {
    static func notFound(_ path: String) -> StorageError {
        StorageError(
            code: .notFound, path: path, message: "\(path) is not there", hint: "Check the path, and whether the disk or share is mounted.")
    }

    static func alreadyExists(_ path: String) -> StorageError {
        StorageError(
            code: .alreadyExists, path: path, message: "\(path) exists already, and was left as it is", hint: "Choose another place.")
    }

    static func notADirectory(_ path: String) -> StorageError {
        StorageError(
            code: .notADirectory, path: path, message: "\(path) is not a folder (a file, or a link that is not followed)",
            hint: "Give the path of a folder that is empty, not there yet, or a repository.")
    }

    static func notOrdinary(_ path: String) -> StorageError {
        StorageError(
            code: .corrupt, path: path, message: "\(path) is not an ordinary file",
            hint: "Nothing of ours is a link, a pipe or a folder there: look who put it, and move it away.")
    }

    static func notOurs(_ path: String, owner: UInt32, us: UInt32) -> StorageError {
        StorageError(
            code: .notOurs, path: path, message: "\(path) belongs to user \(owner), and this is user \(us): nothing was written",
            hint: "Run as user \(owner), give the whole folder to user \(us) with `chown -R`, or, "
                + "where a volume is mounted, name a folder in it.")
    }

    /// What `errno` says about an attempt to `verb` (such as "write") `path`.
    static func system(_ number: Int32, _ verb: String, _ path: String) -> StorageError {
        let reason = String(cString: strerror(number))
        func error(_ code: Code, _ hint: String) -> StorageError {
            StorageError(code: code, path: path, message: "cannot \(verb) \(path): \(reason)", hint: hint)
        }
        switch number {
        case ENOENT: return notFound(path)
        case EEXIST: return alreadyExists(path)
        case ENOTDIR, ELOOP: return notADirectory(path)
        case EACCES, EPERM, EROFS:
            return verb == "read"
                ? error(.notReadable, "Give this user the right to read it.")
                : error(.notWritable, "Give this user the right to write there, or mount the file system for writing.")
        case ENOSPC, EDQUOT, EFBIG:
            return error(
                .full,
                "Make room (`tidemark forget --prune` can, on a full disk too) or raise the quota, then run it again: what is already stored "
                    + "is whole.")
        case EMFILE, ENFILE: return error(.io, "Raise the limit of open files (`ulimit -n`), then run it again.")
        default: return error(.io, "Look at the system's log (`dmesg`) for the disk or share, then run it again.")
        }
    }
}
