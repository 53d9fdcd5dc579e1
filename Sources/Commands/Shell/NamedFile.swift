import Foundation
import Glibc
import KafkaClient

/// A small file that the command line names.
struct NamedFile {
    /// Nothing that is read this way is longer: settings, certificates, lists.
    static let limit = 4 << 20

    let path: String

    init(_ path: String) { self.path = path }

    /// Its text. Throws a ``UsageError`` that names it where it cannot be read.
    func text() throws(UsageError) -> String {
        // A pipe would keep the program waiting for somebody to write.
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG, status.st_mode & S_IFMT != S_IFCHR,
            !(status.st_mode & S_IFMT == S_IFIFO && ConfigurationFile.isOpened(path))
        {
            throw UsageError("'\(path)' is no file", hint: "give the path of a file, not of a named pipe or folder.")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw UsageError(
                "'\(path)' \(exists ? "cannot be read" : "does not exist")",
                hint: exists ? "check its rights, and as whom tidemark runs." : "check the path.")
        }
        defer { try? handle.close() }
        let content: Data?
        do {
            content = try handle.read(upToCount: Self.limit + 1)
        } catch {
            throw UsageError("'\(path)' cannot be read", hint: "check that it is a file, and its rights.")
        }
        guard let content, !content.isEmpty else { return "" }
        guard content.count <= Self.limit, let text = String(data: content, encoding: .utf8) else {
            throw UsageError("'\(path)' is not a text of at most \(Units.bytes(Self.limit))", hint: "check the path.")
        }
        return text
    }
}
