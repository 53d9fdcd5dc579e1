/// The demo's screen.
enum DemoText {
    /// Lines of at most `width` characters, broken between words.
    static func wrap(_ text: String, width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    static func verdict(_ outcome: DemoRun.Outcome, directory: String, isKept: Bool, _ style: Style) -> String {
        var text = "\n" + DemoSample.table(outcome.before, outcome.after).render(style) + "\n"
        for caveat in outcome.caveats { text += style("caveat: ", .warning) + Printable.escape(caveat) + "\n" }
        text +=
            outcome.isProved
            ? style("Proved equal", .good) + ": topics, configs, consumer positions and schemas are what they were.\n"
            : style("Not proved equal", .bad) + ": see above.\n"
        text += "Records were not restored: this version keeps what a cluster is, not what its topics carry.\n"
        if isKept {
            text += "The repository is at \(Printable.escape(directory)): tidemark snapshots --repo \(Printable.escape(directory))\n"
        }
        return text
    }
}
