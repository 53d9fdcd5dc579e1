/// One element of DER (X.690): a tag and what it holds.
struct DERElement: Sendable {
    let tag: UInt8
    let content: ArraySlice<UInt8>
    /// The element as it stood, header and all.
    let encoded: ArraySlice<UInt8>

    /// The elements that `bytes` consist of; nil where they do not.
    static func list(_ bytes: ArraySlice<UInt8>) -> [DERElement]? {
        var elements: [DERElement] = []
        var rest = bytes
        while !rest.isEmpty {
            guard let element = DERElement(prefixOf: rest) else { return nil }
            elements.append(element)
            rest = rest[element.encoded.endIndex...]
        }
        return elements
    }

    private init?(prefixOf bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 2 else { return nil }
        let start = bytes.startIndex
        var index = start + 2
        var length = Int(bytes[start + 1])
        if length >= 0x80 {
            let count = length & 0x7F
            // More than four bytes would be a length that no certificate has.
            guard (1...4).contains(count), bytes.endIndex - index >= count else { return nil }
            length = bytes[index..<index + count].reduce(0) { $0 << 8 | Int($1) }
            index += count
        }
        guard length <= bytes.endIndex - index else { return nil }
        tag = bytes[start]
        content = bytes[index..<index + length]
        encoded = bytes[start..<index + length]
    }
}
