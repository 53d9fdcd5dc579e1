import NIOConcurrencyHelpers

/// Reproducible chance (SplitMix64): the same seed gives the same bytes in the order of the calls. Not for secrets.
public final class SeededChance: ChanceSource {
    private let state: NIOLockedValueBox<UInt64>

    public init(seed: UInt64) { state = NIOLockedValueBox(seed) }

    public func bytes(_ count: Int) -> [UInt8] {
        state.withLockedValue { state in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count)
            while bytes.count < count {
                state &+= 0x9E37_79B9_7F4A_7C15
                var word = state
                word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
                word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
                word ^= word >> 31
                withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0.prefix(count - bytes.count)) }
            }
            return bytes
        }
    }
}
