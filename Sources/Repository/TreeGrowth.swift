import SnapshotModel

/// A tree of pages while it grows: one cutter a level, the top not known before the end. Pure: documents and references in,
/// pages to be stored out.
struct TreeGrowth {
    private let parameters: PageParameters
    private var cutters: [PageCutter] = []
    /// The reference stored last on each level.
    private var last: [PageReference] = []
    private var lastID: ResourceID?

    init(_ parameters: PageParameters) { self.parameters = parameters }

    /// - Throws: `RepositoryError` (`refused`) unless the id is greater than the one before.
    mutating func add(_ document: Document) throws(RepositoryError) -> [PageCutter.Page] {
        if let lastID, !(lastID < document.id) {
            throw RepositoryError(
                code: .refused, message: "the document \(document.id) was given after \(lastID), which is not before it",
                hint: "This is a mistake in the program: please report it with the names of both.")
        }
        lastID = document.id
        let line = document.canonicalBytes
        guard line.count < Objects.longestPage else {
            throw RepositoryError(
                code: .refused,
                message: "the document \(document.id) has \(line.count) bytes; at most \(Objects.longestPage) can be stored",
                hint: "Leave the resource out with `--except` and report its shape.")
        }
        return add(line, to: 0, documents: 1, document.id, document.id)
    }

    /// Takes the reference to a page of `level` that was stored.
    mutating func add(_ reference: PageReference, above level: Int) -> [PageCutter.Page] {
        if last.count == level { last.append(reference) } else { last[level] = reference }
        return add(reference.json.canonicalBytes, to: level + 1, documents: reference.documents, reference.first, reference.last)
    }

    private mutating func add(_ line: [UInt8], to level: Int, documents: Int, _ first: ResourceID, _ last: ResourceID) -> [PageCutter.Page]
    {
        if cutters.count == level { cutters.append(PageCutter(parameters, level: level)) }
        return cutters[level].add(line, documents: documents, first: first, last: last)
    }

    /// The page begun on `level`, where there is one, once nothing more comes from below.
    mutating func finish(_ level: Int) -> [PageCutter.Page] { level < cutters.count ? cutters[level].finish() : [] }

    /// How many pages `level` came to.
    func pages(_ level: Int) -> Int { level < cutters.count ? cutters[level].cut : 0 }

    /// The root, where `level` has one page or none.
    func root(_ level: Int) -> TreeRoot { level < last.count ? TreeRoot(level: level, reference: last[level]) : .empty }
}
