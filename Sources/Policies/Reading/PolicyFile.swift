import Foundation
import Glibc

/// Reads policies from files and texts.
public enum PolicyFile {
    /// Longest file that is taken, in bytes.
    public static let limit = 4 << 20

    /// The policy of a file. Throws ``PolicyError`` with everything that is wrong with it; also where others than the owner and root may
    /// change it, as it says which programs are run and where snapshots go. Nothing that it refers to is opened.
    public static func read(_ path: String) throws(PolicyError) -> Policy {
        try parse(try text(path), file: path)
    }

    /// - Parameter file: what the text is called in errors; relative paths in it are of its folder.
    public static func parse(_ text: String, file: String) throws(PolicyError) -> Policy {
        let root = try YAMLText.tree(text, file: file)
        var findings = Findings(file: file)
        let policy = Term.record(Policy.self).read(root, Place(keyPath: ""), &findings)
        guard var policy, findings.problems.isEmpty else { throw PolicyError(findings.problems) }
        for index in policy.clusters.indices {
            let place = Place(keyPath: "clusters").item(index).keyPath
            policy.clusters[index].remarks = findings.remarks.filter { $0.keyPath.hasPrefix("\(place).") }
                .sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        }
        return policy
    }

    private static func text(_ path: String) throws(PolicyError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw PolicyError("the policy '\(path)' cannot be read: \(reason())", hint: "check the path, and as whom tidemark runs.")
        }
        defer { close(descriptor) }
        try FileGuard.check(path, descriptor)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PolicyError("the policy '\(path)' cannot be read: \(reason())", hint: "check the path.") }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw PolicyError("the policy '\(path)' is larger than \(limit >> 20) MiB", hint: "check that it is the right file.")
            }
        }
        // Editors of some systems begin a file with a mark that says that it is UTF-8.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PolicyError("the policy '\(path)' is not UTF-8", hint: "save it as UTF-8.")
        }
        return text
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
