/// One way in for bytes from outside, and what must hold whatever they are: no trap, no endless loop, no reservation beyond a
/// bound, and, where they were taken, a round trip.
public struct FuzzTarget: Sendable {
    /// Names the corpus file too.
    public let name: String
    /// Longer inputs find nothing more, and take longer. In bytes.
    public let greatestLength: Int
    private let check: @Sendable (inout FuzzInput) throws -> Void

    init(_ name: String, upTo greatestLength: Int, _ check: @escaping @Sendable (inout FuzzInput) throws -> Void) {
        self.name = name
        self.greatestLength = greatestLength
        self.check = check
    }

    public static let all: [FuzzTarget] = [frames, messages, batches, codecs, sasl, properties, registry, json, snapshots]

    /// What is wrong with how the input was taken, nil where nothing is. That it was refused is nothing wrong.
    public func finding(in bytes: [UInt8]) -> String? {
        var input = FuzzInput(bytes)
        do {
            try check(&input)
            return nil
        } catch {
            return "\(name), \(error), input \(bytes.map { String($0, radix: 16) }.joined(separator: " "))"
        }
    }
}

/// A property that does not hold.
struct Finding: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

func hold(_ condition: Bool, _ what: @autoclosure () -> String) throws(Finding) {
    if !condition { throw Finding(what()) }
}

/// The bytes of one input; the first ones choose what is done with the others.
struct FuzzInput {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }
    mutating func take(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
    mutating func all() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }
}
