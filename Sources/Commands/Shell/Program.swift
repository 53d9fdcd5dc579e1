import ArgumentParser
import Bytes

/// The whole program but for the machine that it runs on.
public enum Program {
    /// Parses, performs, explains what went wrong; returns the exit code. Cancelling the task interrupts the command.
    ///
    /// - Parameter arguments: without the program's own name.
    public static func run(_ arguments: [String], in shell: Shell) async -> Int32 {
        OutputLoss.judge(await ended(arguments, shell), shell).rawValue
    }

    private static func ended(_ arguments: [String], _ shell: Shell) async -> ExitCode {
        let verb: any Verb
        do {
            var command = try Tidemark.parseAsRoot(arguments)
            guard let parsed = command as? any Verb else {
                // A group of commands without one of them, or ArgumentParser's own: they answer with help.
                try command.run()
                return .success
            }
            verb = parsed
        } catch {
            return refuse(error, arguments, shell)
        }
        return await perform(verb, Desk(shell, verb.output))
    }

    private static func perform(_ verb: any Verb, _ desk: Desk) async -> ExitCode {
        do {
            let code = try await verb.perform(desk)
            desk.progress.clear()
            return code
        } catch {
            desk.progress.clear()
            let explanation =
                Task.isCancelled || error is CancellationError
                ? Explanation(
                    message: "interrupted: \(desk.whenStopped)", hint: "run the command again when you are ready.", exitCode: .interrupted)
                : Explanation(of: error)
            if desk.options.json { desk.shell.say(String(decoding: explanation.json.canonicalBytes, as: UTF8.self)) }
            if explanation.exitCode == .interrupted {
                desk.shell.remark(Printable.escape(explanation.message))
            } else {
                desk.shell.errors.write(explanation.render(desk.shell.style(for: desk.shell.errors)))
            }
            return explanation.exitCode
        }
    }

    /// Help and version come as errors too, with exit code 0.
    private static func refuse(_ error: any Error, _ arguments: [String], _ shell: Shell) -> ExitCode {
        let code = Tidemark.exitCode(for: error)
        let text = Tidemark.fullMessage(for: error, columns: 100)
        guard code.rawValue != 0 else {
            shell.say(text)
            return .success
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Printable.escape($0) }
        if let first = lines.first, first.hasPrefix("Error: ") {
            lines[0] = shell.style(for: shell.errors)("error:", .bad) + first.dropFirst("Error:".count)
        }
        if let last = lines.last, last.hasPrefix("  See ") { lines.removeLast() }
        if arguments.contains("--json") {
            let explanation = Explanation(message: Tidemark.message(for: error), hint: hint(arguments), exitCode: .usage)
            shell.say(String(decoding: explanation.json.canonicalBytes, as: UTF8.self))
        }
        shell.remark(lines.joined(separator: "\n"))
        shell.remark("\(shell.style(for: shell.errors)("hint:", .strong)) \(hint(arguments))")
        return .usage
    }

    private static func hint(_ arguments: [String]) -> String {
        let verbs = Tidemark.verbs
        guard let first = arguments.first, !first.hasPrefix("-") else { return "`tidemark --help` lists the commands." }
        if verbs.contains(first) { return "`tidemark \(first) --help` lists its options." }
        let near = Nearest.to(first, among: verbs).map { "did you mean `tidemark \($0)`? " } ?? ""
        return near + "`tidemark --help` lists the commands."
    }
}
