import Seams
import SnapshotModel

/// What the order goes by.
protocol OrderedSnapshot {
    var id: SnapshotID { get }
    var finished: Timestamp { get }
    /// Nil where there is none, or it is not known.
    var parent: SnapshotID? { get }
}

extension SnapshotEntry: OrderedSnapshot {
    var parent: SnapshotID? { intact?.lineage.parent }
}

extension SnapshotOutline: OrderedSnapshot {
    var parent: SnapshotID? { intact?.lineage.parent }
}

/// The order of snapshots: what has a parent comes after it, whatever the clocks said; otherwise time decides.
enum SnapshotOrder {
    static func newestFirst<Entry: OrderedSnapshot>(_ entries: [Entry]) -> [Entry] {
        let newest = entries.sorted { ($0.finished, $0.id) > ($1.finished, $1.id) }
        let places = Dictionary(newest.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var order: [Entry] = []
        var isPlaced = [Bool](repeating: false, count: newest.count)
        // A snapshot comes out once all of its children have: those are counted first.
        var children = [Int](repeating: 0, count: newest.count)
        let parents = newest.map { entry in entry.parent.flatMap { places[$0] } }
        for parent in parents { if let parent { children[parent] += 1 } }
        var start = 0
        while start < newest.count {
            guard !isPlaced[start] else {
                start += 1
                continue
            }
            // The newest that waits for no child. A manifest is named by its hash, so there are no circles.
            guard let next = (start..<newest.count).first(where: { !isPlaced[$0] && children[$0] == 0 }) else { break }
            isPlaced[next] = true
            order.append(newest[next])
            if let parent = parents[next] { children[parent] -= 1 }
        }
        return order + newest.indices.filter { !isPlaced[$0] }.map { newest[$0] }
    }
}
