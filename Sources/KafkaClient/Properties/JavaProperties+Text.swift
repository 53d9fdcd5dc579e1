import Bytes

extension JavaProperties {
    /// A key or a value as it must be written to be read as `text`, in ASCII.
    public static func escape(_ text: String) -> String {
        var written = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": written += "\\n"
            case "\r": written += "\\r"
            case "\t": written += "\\t"
            case "\u{C}": written += "\\f"
            case " ", "\\", "=", ":", "#", "!": written += "\\\(scalar)"
            case _ where !scalar.isASCII:
                for unit in String(scalar).utf16 { written += "\\u" + Array([UInt8(unit >> 8), UInt8(unit & 0xFF)]).hex }
            default: written.unicodeScalars.append(scalar)
            }
        }
        return written
    }
}
