public import Seams

/// Numbers as a person reads them.
public enum Units {
    /// `12,345`.
    public static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return (number < 0 ? "-" : "") + grouped
    }

    /// `512 B`, `3.4 KiB`, `1.0 MiB`, with one decimal.
    public static func bytes(_ count: Int) -> String {
        let names = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        guard count >= 1024 else { return "\(count) B" }
        var tenths = count * 10 / 1024
        var name = 0
        while tenths >= 10_240, name < names.count - 1 {
            tenths /= 1024
            name += 1
        }
        return "\(tenths / 10).\(tenths % 10) \(names[name])"
    }

    /// `8 ms`, `1.4 s`, `2 min 5 s`, `3 h 10 min`.
    public static func duration(_ duration: Duration) -> String {
        let milliseconds = max(0, duration.wholeMilliseconds)
        let seconds = milliseconds / 1000
        switch milliseconds {
        case ..<1000: return "\(milliseconds) ms"
        case ..<60_000: return "\(seconds).\(milliseconds % 1000 / 100) s"
        case ..<3_600_000: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        }
    }

    /// `2026-11-23 19:56:28Z`: to the second, for tables.
    public static func moment(_ moment: Timestamp) -> String {
        let text = moment.description
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + "Z"
    }

    /// `1 topic`, `2,000 topics`.
    public static func count(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}
