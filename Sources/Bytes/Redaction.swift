/// Takes one's own secrets out of the words of a peer before they enter an error, a log or a manifest: whoever was given a secret may say
/// it again, as it was or in another writing.
public struct Redaction: Sendable {
    /// What stands in a secret's place.
    public static let mark = "[redacted]"
    /// What stands in the place of words that hold a secret too short to be taken out of them.
    public static let withheld = "(not shown: it holds a secret)"

    /// Writings of the secrets, the longest first.
    private var forms: [Form] = []
    /// Secrets of so few bytes that they are found by chance in many words.
    private var short: [[UInt8]] = []

    private struct Form: Sendable {
        var bytes: [UInt8]
        /// Stands in a longer text of base 64, whose rest tells of the secret as well.
        var isCore = false
    }

    /// From so many bytes on, the beginning of a secret counts for it.
    private static let telling = 16
    /// Secrets of fewer bytes are short.
    private static let shortest = 4
    /// No peer's words are looked at beyond this. In bytes.
    private static let longest = 64 << 10

    /// `secrets`: as they are, and those put together that go over the wire together (`user:password`). Empty ones are none.
    public init(_ secrets: [String]) {
        for secret in Set(secrets.map { Array($0.utf8) }) where !secret.isEmpty {
            guard secret.count >= Self.shortest else {
                short.append(secret)
                continue
            }
            let text = String(decoding: secret, as: UTF8.self)
            let encoded = Percent.encode(text)
            let written = [
                text, encoded, encoded.replacing("%20", with: "+"), Self.lowerCaseEscapes(encoded), secret.hex, secret.hex.uppercased(),
                text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""), text.replacing("/", with: "\\/"),
            ]
            for form in Set(written.map { Array($0.utf8) }) { forms.append(Form(bytes: form)) }
            for core in Self.cores(secret) where core.count >= Self.shortest {
                forms.append(Form(bytes: core, isCore: true))
                let forURLs = core.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
                if forURLs != core { forms.append(Form(bytes: forURLs, isCore: true)) }
            }
        }
        forms.sort { ($0.bytes.count, $1.isCore ? 1 : 0) > ($1.bytes.count, $0.isCore ? 1 : 0) }
    }

    /// `%2f` for `%2F`.
    private static func lowerCaseEscapes(_ text: String) -> String {
        var left = 0
        return String(
            decoding: text.utf8.map { unit in
                if unit == UInt8(ascii: "%") { left = 3 }
                left -= 1
                return left >= 0 && (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(unit) ? unit | 0x20 : unit
            }, as: UTF8.self)
    }

    /// What base 64 makes of the bytes whatever stands before and behind them: by the place that they begin at, modulo three.
    private static func cores(_ secret: [UInt8]) -> [[UInt8]] {
        (0..<3).map { place in
            let text = Array(Base64.encode([UInt8](repeating: 0, count: place) + secret).utf8)
            let first = (place * 8 + 5) / 6
            let end = (place + secret.count) * 8 / 6
            return Array(text[first..<max(first, end)])
        }
    }

    /// A peer's words without secrets, without control characters, and no longer than `limit` characters.
    public func words(_ text: some StringProtocol, upTo limit: Int = 300) -> String {
        let bytes = Array(text.utf8.prefix(Self.longest))
        if short.contains(where: { Self.contains(bytes, $0) }) { return Self.withheld }
        var clean = String.UnicodeScalarView()
        var count = 0
        for scalar in String(decoding: hidden(bytes), as: UTF8.self).unicodeScalars {
            guard count < limit else { return String(clean) + "…" }
            clean.append(scalar.properties.generalCategory == .control ? " " : scalar)
            count += 1
        }
        return String(clean)
    }

    /// Whether a part stands there as a word of its own: within another, so few bytes are there by chance.
    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        func isOfWord(_ index: Int) -> Bool { bytes.indices.contains(index) && (isOfBase64(bytes[index]) || bytes[index] > 0x7F) }
        return bytes.count >= part.count
            && (0...bytes.count - part.count).contains {
                bytes[$0...].starts(with: part) && !isOfWord($0 - 1) && !isOfWord($0 + part.count)
            }
    }

    private func hidden(_ bytes: [UInt8]) -> [UInt8] {
        guard !forms.isEmpty else { return bytes }
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard let match = match(bytes[index...]) else {
                output.append(bytes[index])
                index += 1
                continue
            }
            index += match.length
            if match.isCore {
                while let last = output.last, Self.isOfBase64(last) { output.removeLast() }
                while index < bytes.count, Self.isOfBase64(bytes[index]) { index += 1 }
            }
            output += Self.mark.utf8
        }
        return output
    }

    /// The longest writing of a secret that the bytes begin with. The beginning of one is enough where it is long, or where the words end.
    private func match(_ bytes: ArraySlice<UInt8>) -> (length: Int, isCore: Bool)? {
        guard let first = bytes.first else { return nil }
        var best: (length: Int, isCore: Bool)?
        for form in forms where form.bytes[0] == first {
            var length = 1
            while length < form.bytes.count, length < bytes.count, form.bytes[length] == bytes[bytes.startIndex + length] { length += 1 }
            let isEnough = length >= min(form.bytes.count, Self.telling) || (length == bytes.count && length >= Self.shortest)
            if isEnough, length > best?.length ?? 0 { best = (length, form.isCore) }
        }
        return best
    }

    private static func isOfBase64(_ unit: UInt8) -> Bool {
        switch unit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}

extension Redaction: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the secrets.
    public var description: String { "Redaction" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
