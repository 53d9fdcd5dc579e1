import Bytes
public import Storage

extension Repository {
    /// Stores a plan, a journal's segment or a report of a run.
    /// - Throws: `RepositoryError` (`refused`) where `run` or `name` is not made of letters, digits, `.`, `_` and `-`; `StorageError`.
    public func putRun(_ run: String, _ name: String, _ bytes: [UInt8], mode: PutMode = .ifAbsent) async throws {
        try await storage.put(bytes, at: try Self.runPath(run, name), mode: mode)
    }

    /// A file of a run.
    public func getRun(_ run: String, _ name: String) async throws -> [UInt8] {
        try await storage.get(try Self.runPath(run, name), range: 0..<Objects.longestStored)
    }

    /// A file of a run; nil where it is not there.
    public func findRun(_ run: String, _ name: String) async throws -> [UInt8]? {
        let path = try Self.runPath(run, name)
        do throws(StorageError) {
            return try await storage.get(path, range: 0..<Objects.longestStored)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// The files of all runs, or of one, in order.
    public func runFiles(_ run: String? = nil) async throws -> [(run: String, name: String)] {
        try await storage.all(under: Layout.runs).compactMap { object in
            let names = object.path.names.compactMap(\.validText)
            guard names.count == 3, run == nil || run == names[1] else { return nil }
            return (names[1], names[2])
        }
    }

    private static func runPath(_ run: String, _ name: String) throws(RepositoryError) -> StoragePath {
        for part in [run, name] {
            let isPlain = part.utf8.allSatisfy { unit in
                switch unit {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
            guard isPlain, (1...200).contains(part.utf8.count), part != ".", part != ".." else {
                throw RepositoryError(
                    code: .refused, message: "\"\(ByteString(part).escaped)\" cannot name a run or a file of one",
                    hint: "Use letters, digits, dots, underscores and hyphens.")
            }
        }
        return Layout.runs / run / name
    }
}
