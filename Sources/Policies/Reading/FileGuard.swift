import Foundation
import Glibc

/// Whether a file can be changed by others than its owner and root.
enum FileGuard {
    /// Looks at the file behind the descriptor and at its folder, also at that of what a link names. Throws where the group or others may write
    /// to the file, or to a folder of it unless there only owners may replace files (sticky).
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
            guard status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
                throw PolicyError(
                    "the policy '\(path)' can be replaced by others: they may write to its folder '\(folder.isEmpty ? "." : folder)'",
                    hint: "run `chmod go-w \(folder.isEmpty ? "." : folder)`, and check that the policy is as you wrote it.")
            }
        }
    }
}
