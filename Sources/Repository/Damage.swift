public import Storage

/// What is wrong with one stored file.
public struct Damage: Hashable, Sendable {
    public enum Sort: String, Sendable, CaseIterable {
        /// It is not there.
        case missing
        /// It is shorter than recorded.
        case truncated
        /// Its bytes are others than recorded.
        case altered
        /// Another object's bytes lie in its place, or it lies in another's.
        case misplaced
        /// It cannot be read: the disk, its rights, or what stands in its place keep it from that.
        case unreadable
        /// It is whole, but not what a page, a page list or a manifest has to be.
        case malformed
    }

    public let sort: Sort
    public let path: StoragePath
    public let detail: String

    public init(_ sort: Sort, _ path: StoragePath, _ detail: String) {
        self.sort = sort
        self.path = path
        self.detail = detail
    }

    /// What it means for one file that it could not be read; nil where the store itself fails.
    init?(_ error: StorageError, _ path: StoragePath) {
        switch error.code {
        case .notFound: self.init(.missing, path, "it was there a moment ago")
        case .corrupt, .notReadable, .io: self.init(.unreadable, path, error.message)
        case .alreadyExists, .notADirectory, .notWritable, .full, .notOurs: return nil
        }
    }

    var error: RepositoryError {
        RepositoryError(
            code: .damaged, message: "\(path) is \(sort.rawValue): \(detail)",
            hint: sort == .unreadable
                ? "Give this user the right to read it, or mend what stands there; then run `tidemark check`."
                : "Run `tidemark check --read-data` to see which snapshots are whole; copy the file from another copy of the repository, "
                    + "or take a new backup, which heals what it would store again.",
            damage: self)
    }
}
