import Seams

/// A run's id, and what it tells about the run's place among others: `2026-11-26T173713.123Z-000012-1f0c4a9b`.
///
/// The number is one more than the greatest there was when the run began; the last part is of the lease that it was done under. Clocks do
/// not agree and are set, so the number orders the runs onto a target, which begin one after the other; the time is for people. Runs of older
/// versions have no number: they count as earlier, among themselves by time.
struct RunName: Hashable, Comparable {
    let text: String
    let number: Int?

    /// The next one after `runs`.
    init(at moment: Timestamp, after runs: some Sequence<RunName>, mark: String) {
        let number = (runs.compactMap(\.number).max() ?? 0) + 1
        let digits = String(number)
        text = "\(moment)-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)-\(mark)".replacing(":", with: "")
        self.number = number
    }

    /// Reads one.
    init(_ text: String) {
        self.text = text
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let digits = parts.count > 3 ? parts[parts.count - 2] : ""
        number = digits.count >= 6 && digits.allSatisfy(\.isASCII) ? Int(digits) : nil
    }

    /// Whose lease it was done under (``mark(of:)``).
    var mark: String { String(text.suffix(8)) }

    /// The last 8 characters of the name of a run under this lease.
    static func mark(of lease: String) -> String { String(lease.prefix(8)) }

    static func < (left: RunName, right: RunName) -> Bool {
        (left.number ?? 0, left.text) < (right.number ?? 0, right.text)
    }
}
