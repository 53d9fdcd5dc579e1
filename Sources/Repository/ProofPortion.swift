import SnapshotModel

/// Which of the reused objects a run reads again, to find bits that flipped since they were written.
///
/// A backup of an unchanged cluster would else never read what it relies on. All of them are read as long as they are few; of more, so
/// many that the stored bytes come to about ``budget``: each by a part of its name, so that runs of different turns read different
/// objects, and each is read once in so many runs on average.
struct ProofPortion: Sendable {
    /// Stored bytes a run. Reading and hashing them takes about a tenth of a second on a local disk.
    static let budget = 64 << 20
    /// Turns are drawn from so many: more than a repository can need.
    static let mostTurns = (1 << 20) - 1

    private let turns: Int
    private let turn: Int

    /// - Parameters:
    ///   - total: stored bytes of all objects that may be reused.
    ///   - turn: any number, another one each run.
    init(total: Int, turn: Int) {
        turns = max(1, (total + Self.budget - 1) / Self.budget)
        self.turn = turn % turns
    }

    func includes(_ name: ObjectName) -> Bool {
        guard turns > 1 else { return true }
        return name.bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) } % turns == turn
    }
}
