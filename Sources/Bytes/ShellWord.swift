/// Names as words of a shell, so that a command that is printed can be given as it stands. A group may be called `$(touch x)` or `'; x #`: no
/// name of a cluster may ever be run.
///
/// What is returned needs no escaping for a terminal, and must not get any: escaping would change what the shell reads.
public enum ShellWord {
    /// `name` as it is where nothing in it means anything to a shell; else in quotes. What a terminal would not show, and bytes that are not
    /// UTF-8, make it a word of the form `$'…\x1b…'`, as bash, zsh and ksh read it.
    public static func quoted(_ name: ByteString) -> String {
        guard let text = name.validText, text.unicodeScalars.allSatisfy({ isShown($0) }) else {
            return "$'" + name.bytes.map { isPlain($0) ? String(UnicodeScalar($0)) : "\\x" + [$0].hex }.joined() + "'"
        }
        guard text.isEmpty || !name.bytes.allSatisfy(isPlain) else { return text }
        // A quote of its own stands between double ones: a backslash might not survive on its way to the terminal.
        return "'" + text.replacing("'", with: "'\"'\"'") + "'"
    }

    /// A rule of `--only` and `--except`, `kind:name`. What a terminal would not show, backslashes and asterisks too, is `?` in it, which
    /// fits any byte.
    public static func rule(_ kind: String, _ name: ByteString) -> String {
        var pattern = ""
        if let text = name.validText {
            for scalar in text.unicodeScalars {
                if isShown(scalar), scalar != "\\", scalar != "*" {
                    pattern.unicodeScalars.append(scalar)
                } else {
                    pattern += String(repeating: "?", count: UTF8.width(scalar))
                }
            }
        } else {
            for byte in name.bytes { pattern += isPlain(byte) ? String(UnicodeScalar(byte)) : "?" }
        }
        return quoted(ByteString("\(kind):\(pattern)"))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "._-:=,@/+".utf8.contains(byte)
        }
    }

    private static func isShown(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
