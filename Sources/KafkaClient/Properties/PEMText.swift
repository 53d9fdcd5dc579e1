/// PEM as Kafka's tools take it (PemParser of DefaultSslEngineFactory), written anew as the TLS library wants it: between the marks of a block
/// any white space may stand in place of line breaks, as where a value of a properties file goes on over several lines.
enum PEMText {
    private static let (begin, end, dashes) = ("-----BEGIN", "-----END", "-----")

    /// The same blocks, with lines of 64 characters. What is no such block stays as it is.
    static func normalized(_ text: String) -> String {
        var written = ""
        var rest = text[...]
        while let opening = rest.firstRange(of: begin) {
            written += rest[..<opening.lowerBound]
            rest = rest[opening.lowerBound...]
            let (block, after) = Self.block(rest, labelFrom: opening.upperBound)
            if let block {
                if let last = written.last, !last.isNewline { written += "\n" }
                written += block
                if let next = rest[after...].first, !next.isNewline { written += "\n" }
            } else {
                written += rest[..<after]
            }
            rest = rest[after...]
        }
        return written + rest
    }

    /// The block at the beginning of `text`, nil where it is none; and where to go on.
    private static func block(_ text: Substring, labelFrom start: String.Index) -> (String?, String.Index) {
        guard let marks = text[start...].firstRange(of: dashes) else { return (nil, text.endIndex) }
        let label = words(text[start..<marks.lowerBound])
        guard let closing = text[marks.upperBound...].firstRange(of: dashes) else { return (nil, text.endIndex) }
        guard text[closing.lowerBound...].hasPrefix(end) else { return (nil, closing.lowerBound) }
        let endLabel = text[closing.upperBound...].dropFirst("END".count)
        guard let last = endLabel.firstRange(of: dashes) else { return (nil, text.endIndex) }
        let (headers, rest) = Self.headers(text[marks.upperBound..<closing.lowerBound])
        let characters = Array(rest.unicodeScalars.filter { !$0.properties.isWhitespace })
        guard !label.isEmpty, words(endLabel[..<last.lowerBound]) == label, characters.allSatisfy(isBase64) else {
            return (nil, last.upperBound)
        }
        let lines = (headers.isEmpty ? [] : headers + [""]) + Self.lines(characters)
        return ((["\(begin) \(label)\(dashes)"] + lines + ["\(end) \(label)\(dashes)"]).joined(separator: "\n"), last.upperBound)
    }

    private static func words(_ text: Substring) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    /// What stands before the base 64 of a key that is encrypted in OpenSSL's older form (RFC 1421), such as `Proc-Type: 4,ENCRYPTED`: a line
    /// each; where all is one line, a name and a word.
    private static func headers(_ body: Substring) -> ([String], Substring) {
        let isOneLine = !trimmed(body).contains(where: \.isNewline)
        var headers: [String] = []
        var rest = body.drop(while: \.isWhitespace)
        while true {
            let name = rest.prefix { !$0.isWhitespace }
            guard name.contains(":") else { return (headers, rest) }
            var header = isOneLine ? name : rest.prefix { !$0.isNewline }
            if isOneLine, name.last == ":" {
                let value = rest[name.endIndex...].drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
                header = rest[..<value.endIndex]
            }
            headers.append(words(header))
            rest = rest[header.endIndex...].drop(while: \.isWhitespace)
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        guard let last = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return text[...last].drop(while: \.isWhitespace)
    }

    private static func lines(_ characters: [Unicode.Scalar]) -> [String] {
        stride(from: 0, to: characters.count, by: 64).map { start in
            var line = String.UnicodeScalarView()
            line.append(contentsOf: characters[start..<min(start + 64, characters.count)])
            return String(line)
        }
    }

    private static func isBase64(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "+", "/", "=": true
        default: false
        }
    }
}
