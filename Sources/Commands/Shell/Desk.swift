import Bytes
import Recovery
import SnapshotModel
import NIOConcurrencyHelpers

/// Where a command does its work: the shell around it, how it was asked to answer, and what is to be said if it is stopped.
final class Desk: Sendable {
    let shell: Shell
    let options: OutputOptions
    let progress: ProgressLine
    private let standing = NIOLockedValueBox("nothing was done")

    init(_ shell: Shell, _ options: OutputOptions) {
        self.shell = shell
        self.options = options
        let mode: ProgressLine.Mode =
            options.quiet ? .silent : shell.errors.isTerminal ? .redrawn : options.verbose ? .lines : .silent
        progress = ProgressLine(shell, mode: mode)
    }

    var style: Style { shell.style(for: shell.output) }

    /// What the last line says if the run is interrupted from here on: what was done and what was not.
    func ifStopped(_ text: String) { standing.withLockedValue { $0 = text } }

    var whenStopped: String { standing.withLockedValue { $0 } }

    /// The answer: `json` under its schema's name where `--json` asks for it, else the text.
    func answer(_ schema: String, _ json: @autoclosure () -> [ByteString: JSON], text: (Style) throws -> String) rethrows {
        progress.clear()
        if options.json {
            say(.object(json().merging(["schema": .text("tidemark.\(schema)/1")]) { $1 }))
        } else {
            shell.output.write(try text(style))
        }
    }

    /// An answer that carries its schema's name already.
    func answer(_ json: @autoclosure () -> JSON, text: (Style) throws -> String) rethrows {
        progress.clear()
        if options.json { say(json()) } else { shell.output.write(try text(style)) }
    }

    private func say(_ json: JSON) { shell.say(String(decoding: json.canonicalBytes, as: UTF8.self)) }

    /// A line for people beside the answer.
    func remark(_ line: String) {
        guard !options.quiet else { return }
        progress.clear()
        shell.remark(line)
    }

    func warn(_ message: String) {
        progress.clear()
        shell.warn(message)
    }

    /// Shows what a pipeline is at.
    func show(_ event: Progress) {
        switch event {
        case .observing(let kind): progress.show("reading \(kind)")
        case .writing(let kind, let documents): progress.show("writing \(kind)", Units.count(documents, "document"))
        case .planning(let kind): progress.show("comparing \(kind)")
        case .applying(let kind, let done, let count):
            ifStopped("\(done) of \(count.counted("change")) of \(kind) were done; run the same restore again: it observes first")
            progress.show("applying \(kind)", "\(Units.count(done)) of \(Units.count(count))")
        case .validating(let kind): progress.show("validating \(kind)")
        case .waiting(let holder, let since, let until):
            remark("waiting until \(until) at the longest for the turn to publish of \(holder), which has it since \(since)")
        }
    }
}
