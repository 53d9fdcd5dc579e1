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

    var error: RepositoryError {
        RepositoryError(
            code: .damaged, message: "\(path) is \(sort.rawValue): \(detail)",
            hint: "Run `tidemark check --read-data` to see which snapshots are whole; copy the file from another copy of the repository, "
                + "or take a new backup, which heals what it would store again.",
            damage: self)
    }
}
