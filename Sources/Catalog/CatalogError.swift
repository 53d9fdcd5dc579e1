import GRDB

/// Why the catalog did not do what it was asked, in words for the operator.
public struct CatalogError: Error, Hashable, Sendable {
    public enum Code: String, Sendable, CaseIterable {
        /// The file is something else than a catalog.
        case notACatalog
        /// A newer version made it.
        case newer
        /// The file cannot be opened, read or written.
        case unusable
        /// The query is not one that may be asked, or SQLite does not understand it.
        case badQuery
    }

    public let code: Code
    /// What failed and why, in one sentence.
    public let message: String
    /// What to do about it, in one sentence.
    public let hint: String

    public init(code: Code, message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// What SQLite says about the file at `path`.
    init(_ error: any Error, path: String) {
        if let error = error as? CatalogError {
            self = error
            return
        }
        let reason = (error as? DatabaseError)?.message ?? "\(error)"
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            self.init(
                code: .notACatalog, message: "\(path) is damaged or no SQLite database: \(reason)",
                hint: "A catalog loses nothing by being deleted: if it is ours, delete it and run `tidemark catalog rebuild`.")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            self.init(
                code: .unusable, message: "the catalog \(path) cannot be written: \(reason)",
                hint: "Give a path in a folder that this user may write to and that is not mounted read-only; queries need no such right.")
        case .SQLITE_FULL:
            self.init(
                code: .unusable, message: "the catalog \(path) cannot be written: \(reason)",
                hint: "Make room, then run `tidemark catalog rebuild`: repositories are not concerned.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                code: .unusable, message: "the catalog \(path) is in use: \(reason)",
                hint: "Wait until the other command has ended, then try again.")
        default:
            self.init(
                code: .unusable, message: "the catalog \(path) cannot be used: \(reason)",
                hint: "A catalog loses nothing by being deleted: delete it and run `tidemark catalog rebuild`.")
        }
    }
}

extension CatalogError: CustomStringConvertible {
    public var description: String { "\(message)\nhint: \(hint)" }
}
