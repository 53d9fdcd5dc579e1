/// Asks before something is changed. Without a terminal nobody can answer, so `--yes` must have been given.
struct Approval {
    enum Answer: Hashable {
        case yes
        case no
        /// Nobody is there to ask.
        case unasked
    }

    let shell: Shell

    /// `question` is a line without its question mark's answer hint: "Apply 12 changes to cluster x?".
    func ask(_ question: String) async throws -> Answer {
        guard shell.input.isTerminal, shell.errors.isTerminal else { return .unasked }
        for _ in 0..<3 {
            shell.errors.write("\(Printable.escape(question)) [y/N] ")
            guard let line = try await shell.input.readLine() else { return .no }
            switch line.lowercased().filter({ !$0.isWhitespace }) {
            case "y", "yes": return .yes
            case "", "n", "no": return .no
            default: shell.remark("answer y or n.")
            }
        }
        return .no
    }
}
