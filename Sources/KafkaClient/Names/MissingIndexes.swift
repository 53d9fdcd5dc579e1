/// The indexes that a list leaves out below its greatest one; of an empty list, index 0. Kept as ranges: the greatest is what a broker says,
/// and may be any number.
public struct MissingIndexes: Sendable, Equatable {
    /// Ascending, apart from each other.
    public private(set) var ranges: [ClosedRange<Int>] = []

    public init(of indexes: some Sequence<Int32>) {
        let present = Set(indexes.lazy.map { Int($0) }.filter { $0 >= 0 }).sorted()
        var next = 0
        for index in present {
            if index > next { ranges.append(next...index - 1) }
            next = index + 1
        }
        if present.isEmpty { ranges = [0...0] }
    }

    public var isEmpty: Bool { ranges.isEmpty }
    public var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// Ranges that are told.
    private static let mostTold = 20
}

extension MissingIndexes: CustomStringConvertible {
    /// `1, 2, 5 to 9`.
    public var description: String {
        let words = ranges.prefix(Self.mostTold).map { range in
            switch range.count {
            case 1: "\(range.lowerBound)"
            case 2: "\(range.lowerBound), \(range.upperBound)"
            default: "\(range.lowerBound) to \(range.upperBound)"
            }
        }
        return (words + (ranges.count > Self.mostTold ? ["…"] : [])).joined(separator: ", ")
    }
}
