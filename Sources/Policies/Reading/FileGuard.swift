import Glibc

/// Whether a file can be changed by others than root and whoever runs this.
enum FileGuard {
    /// Looks at the file behind the descriptor, and at every folder and link on the way to it from `/`. Throws where somebody else owns the file
    /// or one of the folders, may write to it, or may put something else in its place.
    static func check(_ path: String, _ descriptor: CInt) throws(PolicyError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw PolicyError("the policy '\(path)' is no file", hint: "give the path of a YAML file.")
        }
        guard isTrusted(status.st_uid) else {
            throw PolicyError(
                "the policy '\(path)' can be changed by others: it belongs to user \(status.st_uid)",
                hint: "run `chown root \(path)`, and check that it is as you wrote it.")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw PolicyError(
                "the policy '\(path)' can be changed by others than its owner",
                hint: "run `chmod go-w \(path)`, and check that it is as you wrote it.")
        }
        try checkWay(to: path)
    }

    /// Root may change everything anyway.
    static func isTrusted(_ owner: uid_t) -> Bool { owner == 0 || owner == geteuid() }

    /// Whether the group or others may replace files of a folder: not where only owners may (sticky), and not through a mount that is read-only.
    /// Kubernetes makes the folder of a ConfigMap for everybody to write to, and mounts it so.
    static func canReplaceFiles(mode: mode_t, isReadOnly: Bool) -> Bool {
        mode & 0o022 != 0 && mode & S_ISVTX == 0 && !isReadOnly
    }

    // MARK: The way

    private struct Folder {
        var path = "/"
        var status = stat()
        var isReadOnly = false
    }

    /// Goes name by name, as the system does: a link is where it is, and what it names is another way.
    private static func checkWay(to path: String) throws(PolicyError) {
        var rest = names(path.hasPrefix("/") ? path : "\(workingFolder)/\(path)")[...]
        var folder = try look(at: "/", of: path)
        var links = 0
        while let name = rest.popFirst() {
            if name == ".." {
                folder = try look(at: parent(folder.path), of: path)
                continue
            }
            let entry = folder.path == "/" ? "/\(name)" : "\(folder.path)/\(name)"
            var status = stat()
            guard lstat(entry, &status) == 0 else {
                throw PolicyError("the policy '\(path)' cannot be read: '\(entry)' is not there any more", hint: "check the path.")
            }
            try check(entry, owner: status.st_uid, in: folder, of: path)
            switch status.st_mode & S_IFMT {
            case S_IFLNK:
                links += 1
                guard links <= 40, let target = target(of: entry) else {
                    throw PolicyError("the policy '\(path)' cannot be read: too many links", hint: "check the path.")
                }
                if target.hasPrefix("/") { folder = try look(at: "/", of: path) }
                rest = (names(target) + rest)[...]
            case S_IFDIR: folder = try look(at: entry, of: path)
            default: return
            }
        }
    }

    /// A folder's owner may do with it as they like, whatever its mode.
    private static func look(at folder: String, of path: String) throws(PolicyError) -> Folder {
        var seen = Folder(path: folder)
        var mount = statvfs()
        guard lstat(folder, &seen.status) == 0, statvfs(folder, &mount) == 0 else {
            throw PolicyError("the policy '\(path)' cannot be read: '\(folder)' is not there any more", hint: "check the path.")
        }
        seen.isReadOnly = mount.f_flag & UInt(ST_RDONLY) != 0
        guard seen.isReadOnly || isTrusted(seen.status.st_uid) else {
            throw PolicyError(
                "the policy '\(path)' can be replaced by others: the folder '\(folder)' belongs to user \(seen.status.st_uid)",
                hint: "run `chown root \(folder)`, or put the policy elsewhere, and check that it is as you wrote it.")
        }
        return seen
    }

    private static func check(_ entry: String, owner: uid_t, in folder: Folder, of path: String) throws(PolicyError) {
        guard !canReplaceFiles(mode: folder.status.st_mode, isReadOnly: folder.isReadOnly) else {
            throw PolicyError(
                "the policy '\(path)' can be replaced by others: they may write to its folder '\(folder.path)'",
                hint: "run `chmod go-w \(folder.path)`, and check that the policy is as you wrote it.")
        }
        // Where everybody may write and only owners replace (/tmp), what others have put there is theirs.
        let isOpen = folder.status.st_mode & 0o022 != 0 && !folder.isReadOnly
        guard !isOpen || isTrusted(owner) else {
            throw PolicyError(
                "the policy '\(path)' can be replaced by others: '\(entry)' belongs to user \(owner)",
                hint: "put the policy into a folder to which only root or you may write.")
        }
    }

    private static func names(_ path: String) -> [String] { path.split(separator: "/").map { String($0) }.filter { $0 != "." } }

    private static func parent(_ folder: String) -> String {
        let above = PolicyPath.folder(of: folder)
        return above.isEmpty ? "/" : above
    }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &buffer, buffer.count - 1)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    private static var workingFolder: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
