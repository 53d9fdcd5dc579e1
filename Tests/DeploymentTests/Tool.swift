import Foundation
import Subprocess
import Testing

/// Programs in processes of their own.
enum Tool {
    /// The real program: it lies beside the tests that were built with it.
    static let tidemark = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("tidemark").path

    struct Ended {
        /// Nil where a signal ended it.
        var code: Int32?
        var output: String
        var errors: String
    }

    /// A program of the peers' environment (`make peers`): python, promtool.
    static func peer(_ name: String) throws -> String {
        let python = try #require(
            ProcessInfo.processInfo.environment["TIDEMARK_PEERS_PYTHON"], "TIDEMARK_PEERS_PYTHON is not set: run `make test`")
        return URL(fileURLWithPath: python).deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// `program` is a path, or a name that is looked for on the host's path. `onceRunning` gets the process as soon as it is there.
    static func run(
        _ program: String, _ arguments: [String], variables: [String: String] = [:], input: String? = nil,
        onceRunning: (@Sendable (ProcessIdentifier) async throws -> Void)? = nil
    ) async throws -> Ended {
        var environment = Environment.inherit
        for (name, value) in variables { environment = environment.updating([.init(stringLiteral: name): value]) }
        let executable = program.contains("/") ? Executable.path(.init(program)) : .name(program)
        let result = try await Subprocess.run(
            executable, arguments: Arguments(arguments), environment: environment, input: .string(input ?? ""),
            output: .string(limit: 4 << 20), error: .string(limit: 4 << 20)
        ) { execution in
            try await onceRunning?(execution.processIdentifier)
        }
        var ended = Ended(code: nil, output: result.standardOutput, errors: result.standardError)
        if case .exited(let code) = result.terminationStatus { ended.code = code }
        return ended
    }
}
