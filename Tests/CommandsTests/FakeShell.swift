import Host
import Seams
import NIOConcurrencyHelpers

@testable import Commands

/// A shell whose streams are in memory.
struct FakeShell {
    final class Sink: TextSink {
        let isTerminal: Bool
        /// What keeps this sink from being written to.
        let failure: SinkFailure?
        private let written = NIOLockedValueBox("")

        init(isTerminal: Bool, failure: SinkFailure? = nil) {
            self.isTerminal = isTerminal
            self.failure = failure
        }

        var text: String { written.withLockedValue { $0 } }
        func write(_ text: String) { if failure == nil { written.withLockedValue { $0 += text } } }
    }

    /// Answers line by line, then the end of input.
    final class Source: TextSource {
        let isTerminal: Bool
        private let lines: NIOLockedValueBox<[String]>

        init(_ lines: [String], isTerminal: Bool) {
            self.isTerminal = isTerminal
            self.lines = NIOLockedValueBox(lines)
        }

        func readLine() async throws -> String? { lines.withLockedValue { $0.isEmpty ? nil : $0.removeFirst() } }
    }

    let output: Sink
    let errors: Sink
    let shell: Shell

    init(terminal: Bool = false, input: [String] = [], variables: [String: String] = [:], outputFailure: SinkFailure? = nil) {
        output = Sink(isTerminal: terminal, failure: outputFailure)
        errors = Sink(isTerminal: terminal)
        shell = Shell(
            time: HostTime(), chance: HostChance(), variables: variables, input: Source(input, isTerminal: terminal), output: output,
            errors: errors)
    }

    func run(_ arguments: String...) async -> ExitCode? { ExitCode(rawValue: await Program.run(arguments, in: shell)) }
    func run(_ arguments: [String]) async -> ExitCode? { ExitCode(rawValue: await Program.run(arguments, in: shell)) }
}
