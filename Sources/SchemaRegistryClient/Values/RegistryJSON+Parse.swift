import Bytes

extension RegistryJSON {
    struct Malformed: Error {
        let reason: String
        /// Whether it may be JSON, and has too many values.
        var isBeyondLimits = false
    }

    /// Values nested deeper are refused: what is stored of them is nested a little deeper still, and is read to a depth of 64.
    static let greatestDepth = 48
    /// More values in one answer are refused. A value takes 16 bytes, an object around 150: what an answer of 64 MiB may become stays
    /// within some hundreds of MiB. A version of a subject has 7 values or a few more.
    static let mostValues = 1 << 21

    /// Reads one JSON text (RFC 8259), strictly: nothing after it, no name twice in an object, UTF-8 only.
    static func parse(_ bytes: [UInt8], values: Int = mostValues) throws(Malformed) -> RegistryJSON {
        do throws(JSONScanner.Flaw) {
            var scanner = JSONScanner(bytes[...], depth: greatestDepth, values: values)
            let value = try RegistryJSON(&scanner)
            try scanner.end()
            return value
        } catch {
            throw Malformed(
                reason: error.isTooManyValues ? error.reason : "\(error.reason), at byte \(error.offset)",
                isBeyondLimits: error.isTooManyValues)
        }
    }

    private init(_ scanner: inout JSONScanner) throws(JSONScanner.Flaw) {
        switch try scanner.token() {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .number(let literal): self = .number(RegistryNumber(literal))
        case .text(let text): self = .string(text)
        case .array:
            var elements: [RegistryJSON] = []
            while try scanner.element(isFirst: elements.isEmpty) { elements.append(try RegistryJSON(&scanner)) }
            self = .array(elements)
        case .object:
            var members: [ByteString: RegistryJSON] = [:]
            while let name = try scanner.member(isFirst: members.isEmpty) {
                // Which of the two the registry means, nobody can tell.
                guard members.updateValue(try RegistryJSON(&scanner), forKey: name) == nil else {
                    throw scanner.flaw("an object has '\(name)' twice")
                }
            }
            self = .object(members)
        }
    }
}
