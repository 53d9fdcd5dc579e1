/// Durations as operators write them: `30s`, `15m`, `6h`, `1d`, `2w`, `500ms`, or several with the larger first, `1h30m`.
extension Duration {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Nil where the text is no such duration, names a unit twice or out of order, or is longer than 1,000 years.
    public init?(words text: some StringProtocol) {
        var rest = Substring(text)
        var sum: Int64 = 0
        var next = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest.removeFirst(digits.count)
            let letters = rest.prefix { $0.isLetter }
            rest.removeFirst(letters.count)
            guard let number = Int64(digits), number <= 31_536_000_000,
                let unit = Self.units.indices.first(where: { Self.units[$0].name == letters }), unit >= next
            else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: Self.units[unit].milliseconds)
            guard !overflow, product <= 31_536_000_000_000 - sum else { return nil }
            sum += product
            next = unit + 1
        }
        self = .milliseconds(sum)
    }

    /// How long something is kept: the same in weeks, days and hours. Nobody keeps for minutes, and whoever writes `6m` means months, as other
    /// tools do: that must not be taken in silence.
    public init?(keeping text: some StringProtocol) {
        guard text.allSatisfy({ $0.isASCII && ($0.isNumber || "wdh".contains($0)) }) else { return nil }
        self.init(words: text)
    }

    public static let keepingHint =
        "write hours, days or weeks: 36h, 14d, 26w for half a year, 365d; m would be minutes and is no unit here."

    /// As ``init(words:)`` reads it; parts of a millisecond and a sign are lost.
    public var words: String {
        var rest = wholeMilliseconds.magnitude
        var text = ""
        for unit in Self.units where unit.name != "w" && rest >= unit.milliseconds.magnitude {
            text += "\(rest / unit.milliseconds.magnitude)\(unit.name)"
            rest %= unit.milliseconds.magnitude
        }
        return text.isEmpty ? "0s" : text
    }
}
