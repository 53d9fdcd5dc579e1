import Foundation
import Subprocess

/// The real program, in a process of its own.
enum Binary {
    /// It lies beside the tests that were built with it.
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("tidemark").path

    struct Ended {
        /// Nil where a signal ended it.
        var code: Int32?
        var signal: Int32?
        var output: String
        var errors: String
    }

    /// `onceRunning` gets the process as soon as it is there.
    static func run(
        _ arguments: [String], variables: [String: String] = [:], onceRunning: (@Sendable (ProcessIdentifier) async throws -> Void)? = nil
    ) async throws -> Ended {
        try await run(path, arguments, variables, onceRunning)
    }

    /// With a shell's redirection of its standard streams: `> /dev/full`, `>&-`, `| head -n 1`. The code is the program's own.
    static func run(_ arguments: [String], variables: [String: String] = [:], redirected: String) async throws -> Ended {
        let words = ([path] + arguments).map { "'\($0.replacingOccurrences(of: "'", with: "'\\''"))'" }.joined(separator: " ")
        let script = redirected.hasPrefix("|") ? "set -o pipefail; \(words) \(redirected)" : "exec \(words) \(redirected)"
        return try await run("/bin/bash", ["-c", script], variables, nil)
    }

    private static func run(
        _ program: String, _ arguments: [String], _ variables: [String: String],
        _ onceRunning: (@Sendable (ProcessIdentifier) async throws -> Void)?
    ) async throws -> Ended {
        var environment = Environment.inherit
        for (name, value) in variables { environment = environment.updating([.init(stringLiteral: name): value]) }
        let result = try await Subprocess.run(
            .path(.init(program)), arguments: Arguments(arguments), environment: environment, input: .none,
            output: .string(limit: 4 << 20), error: .string(limit: 4 << 20)
        ) { execution in
            try await onceRunning?(execution.processIdentifier)
        }
        var ended = Ended(code: nil, signal: nil, output: result.standardOutput, errors: result.standardError)
        switch result.terminationStatus {
        case .exited(let code): ended.code = code
        case .signaled(let number): ended.signal = number
        }
        return ended
    }
}
