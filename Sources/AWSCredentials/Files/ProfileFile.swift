/// A shared file of AWS's tools, `~/.aws/credentials` or `~/.aws/config`: sections in brackets, `name = value` lines, comments.
struct ProfileFile: Equatable {
    private(set) var profiles: [String: [String: String]] = [:]

    /// `isConfig`: there, sections are called `[profile NAME]`, and only `[default]` may go without the word.
    init(_ text: String, isConfig: Bool) {
        var current: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.trimmed
            if words.isEmpty || words.hasPrefix("#") || words.hasPrefix(";") { continue }
            if words.hasPrefix("[") {
                let name = words.dropFirst().prefix { $0 != "]" }.trimmed
                current = Self.profile(name, isConfig)
                if let current, profiles[current] == nil { profiles[current] = [:] }
            } else if let current, !(line.first?.isWhitespace ?? true), let equals = words.firstIndex(of: "=") {
                // An indented line belongs to a nested setting, of which none is of use here.
                let value = words[words.index(after: equals)...].trimmed
                profiles[current]?[words[..<equals].trimmed.lowercased()] = value
            }
        }
    }

    private static func profile(_ section: String, _ isConfig: Bool) -> String? {
        guard isConfig, section != "default" else { return section }
        guard section.hasPrefix("profile"), section.dropFirst(7).first?.isWhitespace == true else { return nil }
        return section.dropFirst(8).trimmed
    }
}
