extension JavaProperties {
    /// A key or a value as it must be written to be read as `text`.
    public static func escape(_ text: String) -> String {
        var written = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": written += "\\n"
            case "\r": written += "\\r"
            case "\t": written += "\\t"
            case "\u{C}": written += "\\f"
            case " ", "\\", "=", ":", "#", "!": written += "\\\(scalar)"
            default: written.unicodeScalars.append(scalar)
            }
        }
        return written
    }
}
