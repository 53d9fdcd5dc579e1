/// Chance as the program sees it: jitter, nonces, ids. Tests give a seeded one, so that the same seed is the same run.
public protocol ChanceSource: Sendable {
    /// `count` random bytes, `count` ≥ 0. The executable's source is the system's cryptographic one.
    func bytes(_ count: Int) -> [UInt8]
}

extension ChanceSource {
    /// A number in `range`, uniform but for a bias below 2^-64 times its width.
    public func number(in range: ClosedRange<Int>) -> Int {
        let width = UInt64(bitPattern: Int64(range.upperBound) &- Int64(range.lowerBound))
        let random = bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let offset = width == .max ? random : random.multipliedFullWidth(by: width + 1).high
        return Int(Int64(range.lowerBound) &+ Int64(bitPattern: offset))
    }
}
