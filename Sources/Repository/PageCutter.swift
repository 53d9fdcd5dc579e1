import Bytes
import Cryptography
import SnapshotModel

/// Cuts ascending lines into pages where their ids say so: a pure value, lines in, pages out.
///
/// Whether a page may end after a line depends on a salted hash of that line's id and on the rough length of the line alone, so
/// a change moves the cuts near it and no others, and two snapshots share all other pages.
struct PageCutter {
    struct Page: Equatable {
        /// Lines, each ended by a line feed.
        var bytes: [UInt8] = []
        /// How many lines.
        var lines = 0
        /// How many documents the lines stand for.
        var documents = 0
        var first: ResourceID
        var last: ResourceID
    }

    private let parameters: PageParameters
    private let level: Int
    private var page: Page?
    /// How many pages were cut so far.
    private(set) var cut = 0

    /// `level` is 0 for documents, n for references to pages of level n − 1.
    init(_ parameters: PageParameters, level: Int) {
        self.parameters = parameters
        self.level = level
    }

    /// Takes the next line (without line feed), which stands for `documents` documents with the ids `first` to `last`; gives
    /// the pages that are now done, two at most.
    mutating func add(_ line: [UInt8], documents: Int, first: ResourceID, last: ResourceID) -> [Page] {
        var done: [Page] = []
        if let page, page.lines >= leastLines, page.bytes.count + line.count + 1 > parameters.ceiling { done.append(contentsOf: finish()) }
        var current = page ?? Page(first: first, last: last)
        current.bytes.append(contentsOf: line)
        current.bytes.append(0x0a)
        current.lines += 1
        current.documents += documents
        current.last = last
        page = current
        if current.lines >= leastLines, current.bytes.count >= parameters.floor, mayEnd(after: last, length: line.count) {
            done.append(contentsOf: finish())
        }
        return done
    }

    /// The page begun, where there is one.
    mutating func finish() -> [Page] {
        guard let done = page else { return [] }
        page = nil
        cut += 1
        return [done]
    }

    /// A page list of one line would make a tree that never comes to its top.
    private var leastLines: Int { level == 0 ? 1 : 2 }

    private func mayEnd(after id: ResourceID, length: Int) -> Bool {
        let digest = HashFunction.sha256.digest(parameters.salt + [UInt8(level)] + id.encoded)
        let hash = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // The length counts as the next power of two, so that a line that grows by a few bytes ends a page as before.
        var weight: UInt64 = 1
        while weight < UInt64(length) { weight *= 2 }
        let (limit, overflow) = (UInt64.max / UInt64(parameters.target - parameters.floor)).multipliedReportingOverflow(by: weight)
        return overflow || hash < limit
    }
}
