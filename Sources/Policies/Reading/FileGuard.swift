import Foundation
import Glibc

/// Whether a file can be changed by others than its owner and root.
enum FileGuard {
    /// Looks at the file behind the descriptor and at its folder, also at that of what a link names. Throws where the group or others may write
    /// to the file, or replace it in a folder.
    static func check(_ path: String, _ descriptor: Int32) throws(PolicyError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw PolicyError("the policy '\(path)' is no file", hint: "give the path of a YAML file.")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw PolicyError(
                "the policy '\(path)' can be changed by others than its owner",
                hint: "run `chmod go-w \(path)`, and check that it is as you wrote it.")
        }
        // A policy that a volume mounts is a link into a folder of another name.
        for seen in Set([path, URL(fileURLWithPath: path).resolvingSymlinksInPath().path]) {
            let folder = PolicyPath.folder(of: seen)
            var status = stat()
            guard stat(folder.isEmpty ? "." : folder, &status) == 0 else { continue }
            guard !canReplaceFiles(mode: status.st_mode, isReadOnly: isReadOnly(folder.isEmpty ? "." : folder)) else {
                throw PolicyError(
                    "the policy '\(path)' can be replaced by others: they may write to its folder '\(folder.isEmpty ? "." : folder)'",
                    hint: "run `chmod go-w \(folder.isEmpty ? "." : folder)`, and check that the policy is as you wrote it.")
            }
        }
    }

    /// Whether the group or others may replace files of a folder: not where only owners may (sticky), and not through a mount that is read-only.
    /// Kubernetes makes the folder of a ConfigMap for everybody to write to, and mounts it so.
    static func canReplaceFiles(mode: mode_t, isReadOnly: Bool) -> Bool {
        mode & 0o022 != 0 && mode & S_ISVTX == 0 && !isReadOnly
    }

    private static func isReadOnly(_ folder: String) -> Bool {
        var status = statvfs()
        return statvfs(folder, &status) == 0 && status.f_flag & UInt(ST_RDONLY) != 0
    }
}
