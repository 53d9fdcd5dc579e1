import Bytes

extension Sample {
    /// Reads a line of Prometheus' text format back. Nil where it is none, or of a metric or labels that are not listed.
    public init?(line: some Sequence<UInt8>) {
        let bytes = Array(line)
        let end = bytes.firstIndex { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") } ?? bytes.endIndex
        guard let metric = Metric.all.first(where: { Array($0.name.utf8) == Array(bytes[..<end]) }) else { return nil }
        var rest = bytes[end...]
        var labels: [ByteString] = []
        for (index, name) in metric.labels.enumerated() {
            let opening = Array("\(index == 0 ? "{" : ",")\(name)=\"".utf8)
            guard rest.starts(with: opening) else { return nil }
            rest = rest.dropFirst(opening.count)
            guard let value = Self.value(&rest) else { return nil }
            labels.append(value)
        }
        if !labels.isEmpty {
            guard rest.first == UInt8(ascii: "}") else { return nil }
            rest = rest.dropFirst()
        }
        guard rest.first == UInt8(ascii: " "), let value = Double(String(decoding: rest.dropFirst(), as: UTF8.self)) else { return nil }
        self.init(metric, labels, value)
    }

    /// Up to the closing quote, which is taken, too.
    private static func value(_ rest: inout ArraySlice<UInt8>) -> ByteString? {
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return ByteString(bytes: value)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
            default: value.append(byte)
            }
        }
        return nil
    }
}
