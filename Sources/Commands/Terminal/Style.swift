/// Emphasis on a terminal. Plain wherever the reader is not one, or asked for none (https://no-color.org).
public struct Style: Sendable, Hashable {
    public enum Tone: String, Sendable, CaseIterable {
        case plain = ""
        case strong = "1"
        case faint = "2"
        case good = "32"
        case warning = "33"
        case bad = "31"
    }

    public var isColoured: Bool

    public init(isColoured: Bool) { self.isColoured = isColoured }

    public func callAsFunction(_ text: String, _ tone: Tone) -> String {
        isColoured && tone != .plain ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
    }
}
