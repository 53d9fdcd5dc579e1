import Storage

/// How large a repository is.
public struct RepositorySize: Sendable, Hashable {
    /// All that are stored, needed or not.
    public var objects = 0
    /// Stored bytes of the objects.
    public var bytes = 0
    public var snapshots = 0

    public init() {}
}

extension Repository {
    /// Counts what is stored by listing it; reads nothing.
    public func size() async throws -> RepositorySize {
        var size = RepositorySize()
        var last: StoragePath?
        // A page at a time: an object's name takes more memory than its two numbers.
        while true {
            let page = try await storage.list(Layout.objects, after: last, limit: 1000)
            for object in page where Layout.object(at: object.path) != nil {
                size.objects += 1
                size.bytes += object.length
            }
            guard page.count == 1000, let end = page.last else { break }
            last = end.path
        }
        size.snapshots = try await snapshotIDs().count
        return size
    }
}
