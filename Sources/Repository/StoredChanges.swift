public import SnapshotModel

/// The changes that lead from one stored section to another, in order; what both share is not read.
public struct StoredChanges: AsyncSequence, Sendable {
    public typealias Element = Change

    let objects: Objects
    let old: TreeRoot
    let new: TreeRoot

    public func makeAsyncIterator() -> Iterator { Iterator(old: TreeCursor(objects, old), new: TreeCursor(objects, new)) }

    public struct Iterator: AsyncIteratorProtocol {
        var old: TreeCursor
        var new: TreeCursor

        /// - Throws: `RepositoryError` where a page is damaged; `StorageError`.
        public mutating func next() async throws -> Change? {
            while true {
                switch (old.head, new.head) {
                case (nil, nil): return nil
                case (.subtree(let level, let left)?, .subtree(let otherLevel, let right)?):
                    if left.name == right.name, level == otherLevel {
                        old.skip()
                        new.skip()
                    } else {
                        // What lies wholly before the other, or is higher, is opened alone: the other may still meet its equal.
                        let opensOld = left.last < right.first || (level >= otherLevel && !(right.last < left.first))
                        let opensNew = right.last < left.first || (otherLevel >= level && !(left.last < right.first))
                        if opensOld { try await old.open() }
                        if opensNew { try await new.open() }
                    }
                case (.subtree(_, let left)?, .document(let document)?):
                    if document.id < left.first { return step(nil, document) }
                    try await old.open()
                case (.document(let document)?, .subtree(_, let right)?):
                    if document.id < right.first { return step(document, nil) }
                    try await new.open()
                case (.subtree?, nil): try await old.open()
                case (nil, .subtree?): try await new.open()
                case (.document(let left)?, nil): return step(left, nil)
                case (nil, .document(let right)?): return step(nil, right)
                case (.document(let left)?, .document(let right)?):
                    if let change = step(left, right) { return change }
                }
            }
        }

        private mutating func step(_ left: Document?, _ right: Document?) -> Change? {
            let (change, takesOld, takesNew) = Change.step(old: left, new: right)
            if takesOld { old.skip() }
            if takesNew { new.skip() }
            return change
        }
    }
}

extension Repository {
    /// What changed from `old` to `new`, reading only pages that differ.
    public func difference(_ old: TreeRoot, _ new: TreeRoot) -> StoredChanges { StoredChanges(objects: objects, old: old, new: new) }
}
