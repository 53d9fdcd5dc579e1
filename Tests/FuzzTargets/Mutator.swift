public import Seams

/// Changes inputs a little, always in the same way for the same seed: the part of fuzzing that belongs into a suite.
public struct Mutator {
    private let chance: any ChanceSource
    /// Numbers at which lengths and counts tip over.
    private static let corners: [UInt8] = [0, 1, 2, 0x7f, 0x80, 0x81, 0xfe, 0xff]

    public init(_ chance: any ChanceSource) { self.chance = chance }

    /// One of `corpus`, changed in one to four places, at most `length` bytes.
    public func next(of corpus: [[UInt8]], upTo length: Int) -> [UInt8] {
        var input = pick(corpus)
        for _ in 0...number(3) { change(&input, corpus) }
        return Array(input.prefix(length))
    }

    private func number(_ greatest: Int) -> Int { chance.number(in: 0...max(0, greatest)) }
    private func pick<Value>(_ values: [Value]) -> Value { values[number(values.count - 1)] }

    private func change(_ input: inout [UInt8], _ corpus: [[UInt8]]) {
        guard !input.isEmpty else {
            input = chance.bytes(1 + number(15))
            return
        }
        let place = number(input.count - 1)
        switch number(6) {
        case 0: input[place] ^= 1 << UInt8(number(7))
        case 1: input[place] = pick(Self.corners)
        case 2: input[place] = chance.bytes(1)[0]
        case 3: input.removeSubrange(place..<min(input.count, place + 1 + number(7)))
        case 4: input.insert(contentsOf: chance.bytes(1 + number(7)), at: place)
        case 5: input.removeSubrange(place...)
        default:
            // The end of another input.
            let other = pick(corpus)
            input = input[..<place] + other.suffix(number(other.count))
        }
    }
}
