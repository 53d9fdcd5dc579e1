import SnapshotModel

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
