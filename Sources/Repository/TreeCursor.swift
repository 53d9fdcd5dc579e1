public import SnapshotModel

/// A place in a section's tree, from which one can go on document by document or subtree by subtree.
struct TreeCursor {
    enum Head {
        /// A page, or page list, that has not been opened yet.
        case subtree(level: Int, PageReference)
        case document(Document)
    }

    private let objects: Objects
    /// What is still to come, the next at the end.
    private var ahead: [Head]

    init(_ objects: Objects, _ root: TreeRoot) {
        self.objects = objects
        ahead = root.reference.map { [.subtree(level: root.level, $0)] } ?? []
    }

    /// What comes next, unopened; nil at the end.
    var head: Head? { ahead.last }

    /// Leaves out what comes next.
    mutating func skip() { ahead.removeLast() }

    /// Puts in the place of the subtree that comes next what is in it.
    mutating func open() async throws {
        guard case .subtree(let level, let reference) = ahead.last else { return }
        let inside: [Head]
        if level == 0 {
            inside = try await objects.documents(reference).map { .document($0) }
        } else {
            inside = try await objects.references(reference, level: level).map { .subtree(level: level - 1, $0) }
        }
        ahead.removeLast()
        ahead.append(contentsOf: inside.reversed())
    }

    /// The next document, opening what is before it; nil at the end.
    mutating func next() async throws -> Document? {
        while let head {
            switch head {
            case .subtree: try await open()
            case .document(let document):
                skip()
                return document
            }
        }
        return nil
    }
}

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
