/// The text of a `.properties` file as `java.util.Properties` reads it: comments, continued lines, `=`, `:` or blanks between
/// key and value, escapes.
public struct JavaProperties: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
        public var key: String
        public var value: String
        /// Of its first line, counted from 1.
        public var line: Int
        /// Whether its text has bytes beyond ASCII that were read as ISO 8859-1: an editor may have meant UTF-8.
        public var isLatin = false
    }

    public private(set) var entries: [Entry] = []

    public struct Flaw: Error, Equatable {
        public var line: Int
        public var cause: String
    }

    /// A file's: ISO 8859-1, which is what Java reads such files as, so that a password is the same here and for Kafka's own tools. One that
    /// begins with the mark by which editors of some systems say so is UTF-8; the mark is no part of the first key.
    public init(_ bytes: [UInt8]) throws(Flaw) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]), let text = String(validating: bytes.dropFirst(3), as: UTF8.self) {
            try self.init(text)
        } else {
            let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
            try self.init(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })), isLatin: true)
        }
    }

    /// Text whose encoding is settled, as `Properties.load` of a reader takes it.
    public init(_ text: String) throws(Flaw) { try self.init(text, isLatin: false) }

    private init(_ text: String, isLatin: Bool) throws(Flaw) {
        for (line, logical) in Self.logicalLines(text) {
            var rest = logical[...]
            let key = Self.takeKey(&rest)
            entries.append(
                Entry(
                    key: try Self.unescape(key, line), value: try Self.unescape(Self.afterSeparator(rest), line), line: line,
                    isLatin: isLatin && logical.contains { !$0.isASCII }))
        }
    }

    private typealias Line = [Unicode.Scalar]

    /// Lines without comments and blank ones, those that end in an odd number of backslashes joined with the next.
    private static func logicalLines(_ text: String) -> [(Int, Line)] {
        var lines: [(Int, Line)] = []
        // The last one goes on in the next.
        var isOpen = false
        for (index, natural) in naturalLines(text).enumerated() {
            let stripped = natural.drop(while: isBlank)
            if !isOpen {
                guard let first = stripped.first, first != "#", first != "!" else { continue }
                lines.append((index + 1, []))
            }
            isOpen = stripped.reversed().prefix { $0 == "\\" }.count % 2 == 1
            lines[lines.count - 1].1 += isOpen ? stripped.dropLast() : stripped
        }
        return lines
    }

    private static func naturalLines(_ text: String) -> [Line] {
        var lines: [Line] = []
        var line: Line = []
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\r" {
                if !(scalar == "\n" && previous == "\r") { lines.append(line) }
                line = []
            } else {
                line.append(scalar)
            }
            previous = scalar
        }
        return line.isEmpty ? lines : lines + [line]
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\u{c}" }

    private static func takeKey(_ rest: inout ArraySlice<Unicode.Scalar>) -> Line {
        var key: Line = []
        while let scalar = rest.first, !isBlank(scalar), scalar != "=", scalar != ":" {
            key.append(rest.removeFirst())
            if scalar == "\\", !rest.isEmpty { key.append(rest.removeFirst()) }
        }
        return key
    }

    /// Blanks, then at most one `=` or `:`, then blanks again stand between key and value.
    private static func afterSeparator(_ rest: ArraySlice<Unicode.Scalar>) -> Line {
        var rest = rest.drop(while: isBlank)
        if let first = rest.first, first == "=" || first == ":" { rest = rest.dropFirst().drop(while: isBlank) }
        return Array(rest)
    }

    private static func unescape(_ line: Line, _ number: Int) throws(Flaw) -> String {
        // UTF-16, because Java writes what is beyond the basic plane as two escapes.
        var units: [UInt16] = []
        var rest = line[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let escaped = rest.popFirst() else {
                // A lone backslash at the end of the file is dropped, as Java does.
                if scalar != "\\" { units += Array(String(scalar).utf16) }
                continue
            }
            switch escaped {
            case "t": units.append(9)
            case "n": units.append(10)
            case "r": units.append(13)
            case "f": units.append(12)
            case "u":
                var digits = ""
                for scalar in rest.prefix(4) { digits.unicodeScalars.append(scalar) }
                guard digits.utf8.count == 4, digits.utf8.allSatisfy({ UInt8(ascii: "0") <= $0 && $0 != UInt8(ascii: "+") }),
                    let unit = UInt16(digits, radix: 16)
                else { throw Flaw(line: number, cause: "\\u is not followed by four hexadecimal digits") }
                rest = rest.dropFirst(4)
                units.append(unit)
            default: units += Array(String(escaped).utf16)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}
