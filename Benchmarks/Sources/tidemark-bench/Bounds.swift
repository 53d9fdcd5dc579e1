import Foundation

/// What a measurement must not exceed: each bound is printed as it is looked at, and the first run over one makes the program fail.
struct Bounds {
    private(set) var broken: [String] = []

    mutating func expect(_ what: String, _ value: Int, atMost bound: Int) {
        let line = "\(what): \(value), at most \(bound)"
        print((value <= bound ? "  kept    " : "  BROKEN  ") + line)
        if value > bound { broken.append(line) }
    }

    /// To be called last.
    func conclude() throws {
        guard !broken.isEmpty else { return }
        throw Broken(lines: broken)
    }

    struct Broken: Error, CustomStringConvertible {
        let lines: [String]
        var description: String { "bounds broken: \(lines.joined(separator: "; "))" }
    }
}
