import Policies

/// A unit of systemd, as far as tests look at one: what each key was set to, in order.
struct UnitFile {
    private var values: [String: [String]] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[String(line[..<equals]), default: []].append(String(line[line.index(after: equals)...]))
        }
    }

    /// The values of a key that counts every line; the last is what counts elsewhere.
    subscript(key: String) -> [String] { values[key] ?? [] }

    /// A command line's words, its program first.
    func words(_ key: String) -> [String] { self[key].last?.split(separator: " ").map { String($0) } ?? [] }

    /// `90s` or `30min`.
    func seconds(_ key: String) -> Int? {
        guard let text = self[key].last else { return nil }
        if text.hasSuffix("min") { return Int(text.dropLast(3)).map { $0 * 60 } }
        return text.hasSuffix("s") ? Int(text.dropLast()) : nil
    }
}
