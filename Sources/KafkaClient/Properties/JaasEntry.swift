/// One entry of `sasl.jaas.config`: a login module, a control flag, options, a semicolon.
struct JaasEntry: Equatable, Sendable {
    /// The module's class, such as `org.apache.kafka.common.security.scram.ScramLoginModule`.
    var module: String
    var options: [String: Secret]

    struct Flaw: Error, Equatable {
        var cause: String
    }

    /// The class without its package.
    var moduleName: String { module.split(separator: ".").last.map(String.init) ?? module }

    /// All entries of a value, one at least.
    static func all(in text: String) throws(Flaw) -> [JaasEntry] {
        var tokens = try tokens(text)[...]
        var entries: [JaasEntry] = []
        repeat { entries.append(try JaasEntry(&tokens)) } while !tokens.isEmpty
        return entries
    }

    private init(_ tokens: inout ArraySlice<Token>) throws(Flaw) {
        guard case .word(let module) = tokens.popFirst() else { throw Flaw(cause: "it does not begin with a login module") }
        self.module = module
        guard case .word(let flag) = tokens.popFirst(), ["required", "requisite", "sufficient", "optional"].contains(flag.lowercased())
        else {
            throw Flaw(cause: "the login module is not followed by a control flag such as required")
        }
        options = [:]
        while let token = tokens.popFirst() {
            switch token {
            case .semicolon: return
            case .word(let key), .quoted(let key):
                guard tokens.popFirst() == .equals else { throw Flaw(cause: "an option has no = and value") }
                switch tokens.popFirst() {
                case .word(let value), .quoted(let value): options[key] = Secret(value)
                default: throw Flaw(cause: "an option has no value")
                }
            case .equals: throw Flaw(cause: "an = stands where an option's name should be")
            }
        }
        throw Flaw(cause: "it does not end in a semicolon")
    }

    private enum Token: Equatable {
        case word(String), quoted(String), equals, semicolon
    }

    /// As Java's StreamTokenizer cuts it the way that Kafka's JaasConfig sets it up: words, quoted strings (either quote, with C escapes),
    /// `=`, `;`, and comments. A slash outside of quotes always begins one: `/* … */`, else up to the line's end, also where it stands
    /// alone. `#` begins none. Words may hold more characters here than Java allows in them.
    private static func tokens(_ text: String) throws(Flaw) -> [Token] {
        var tokens: [Token] = []
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case _ where isBlank(scalar): continue
            case "=": tokens.append(.equals)
            case ";": tokens.append(.semicolon)
            case "/": try skipComment(&rest)
            case "\"", "'": tokens.append(.quoted(try quoted(&rest, until: scalar)))
            default:
                var word = String(scalar)
                while let next = rest.first, !isBlank(next), !"=;\"'/".unicodeScalars.contains(next) {
                    word.unicodeScalars.append(rest.removeFirst())
                }
                tokens.append(.word(word))
            }
        }
        return tokens
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar <= " " }

    private static func skipComment(_ rest: inout ArraySlice<Unicode.Scalar>) throws(Flaw) {
        guard rest.first == "*" else {
            rest = rest.drop { $0 != "\n" && $0 != "\r" }
            return
        }
        rest.removeFirst()
        while let scalar = rest.popFirst() {
            guard scalar == "*", rest.first == "/" else { continue }
            rest.removeFirst()
            return
        }
        throw Flaw(cause: "a comment is not closed")
    }

    private static func quoted(_ rest: inout ArraySlice<Unicode.Scalar>, until quote: Unicode.Scalar) throws(Flaw) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == quote { return String(text) }
            // Java ends the string here, and takes what follows for more options.
            if scalar == "\n" || scalar == "\r" { break }
            guard scalar == "\\", let escaped = rest.popFirst() else {
                text.append(scalar)
                continue
            }
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            case "b": text.append("\u{8}")
            case "f": text.append("\u{c}")
            case "a": text.append("\u{7}")
            case "v": text.append("\u{b}")
            case "0"..."7":
                var value = escaped.value - 48
                var digits = 1
                while digits < 3, let next = rest.first, ("0"..."7").contains(next), value * 8 + next.value - 48 <= 0o377 {
                    value = value * 8 + next.value - 48
                    digits += 1
                    rest.removeFirst()
                }
                if let scalar = Unicode.Scalar(value) { text.append(scalar) }
            default: text.append(escaped)
            }
        }
        throw Flaw(cause: "a quote is not closed")
    }
}
