public import SnapshotModel

/// A section's documents in order, read page by page, each page proved by its name.
public struct StoredDocuments: AsyncSequence, Sendable {
    public typealias Element = Document

    let objects: Objects
    let root: TreeRoot

    public func makeAsyncIterator() -> Iterator { Iterator(cursor: TreeCursor(objects, root)) }

    public struct Iterator: AsyncIteratorProtocol {
        var cursor: TreeCursor

        /// - Throws: `RepositoryError` where a page is damaged; `StorageError`.
        public mutating func next() async throws -> Document? { try await cursor.next() }
    }
}

extension Repository {
    public func documents(_ root: TreeRoot) -> StoredDocuments { StoredDocuments(objects: objects, root: root) }

    /// The document of this id, or nil where the section has none: one page a level is read.
    public func document(_ id: ResourceID, in root: TreeRoot) async throws -> Document? {
        guard var reference = root.reference else { return nil }
        var level = root.level
        while reference.first <= id, id <= reference.last {
            if level == 0 { return try await objects.documents(reference).first { $0.id == id } }
            guard let below = try await objects.references(reference, level: level).first(where: { id <= $0.last }) else { return nil }
            reference = below
            level -= 1
        }
        return nil
    }
}
