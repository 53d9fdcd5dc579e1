/// One difference between two sorted lists of documents.
public enum Change: Hashable, Sendable {
    case added(Document)
    case removed(Document)
    case changed(from: Document, to: Document)

    public var id: ResourceID {
        switch self {
        case .added(let document), .removed(let document), .changed(_, let document): document.id
        }
    }
}

extension Change {
    /// One step of a merge of two ascending lists, of which `old` and `new` are the next ones (nil at the end).
    ///
    /// `takesOld` and `takesNew` say which of them the step used up; both nil is the end.
    public static func step(old: Document?, new: Document?) -> (change: Change?, takesOld: Bool, takesNew: Bool) {
        switch (old, new) {
        case (nil, nil): (nil, false, false)
        case (let old?, nil): (.removed(old), true, false)
        case (nil, let new?): (.added(new), false, true)
        case (let old?, let new?):
            if old.id < new.id {
                (.removed(old), true, false)
            } else if new.id < old.id {
                (.added(new), false, true)
            } else {
                (old.body == new.body ? nil : .changed(from: old, to: new), true, true)
            }
        }
    }
}

/// The changes that lead from one ascending list of documents to another, one at a time, ascending.
public struct Changes<Old: Sequence, New: Sequence>: Sequence where Old.Element == Document, New.Element == Document {
    private let old: Old
    private let new: New

    public init(from old: Old, to new: New) {
        self.old = old
        self.new = new
    }

    public func makeIterator() -> Iterator { Iterator(old: old.makeIterator(), new: new.makeIterator()) }

    public struct Iterator: IteratorProtocol {
        private var old: Old.Iterator
        private var new: New.Iterator
        private var nextOld: Document?
        private var nextNew: Document?

        init(old: Old.Iterator, new: New.Iterator) {
            self.old = old
            self.new = new
            nextOld = self.old.next()
            nextNew = self.new.next()
        }

        public mutating func next() -> Change? {
            while nextOld != nil || nextNew != nil {
                let (change, takesOld, takesNew) = Change.step(old: nextOld, new: nextNew)
                if takesOld { nextOld = old.next() }
                if takesNew { nextNew = new.next() }
                if let change { return change }
            }
            return nil
        }
    }
}
