import ArgumentParser

/// A command of `tidemark`: what is parsed, and what is then done with it.
protocol Verb: ParsableCommand {
    var output: OutputOptions { get }

    /// Does it. What it throws is explained to the operator and becomes the exit code.
    func perform(_ desk: Desk) async throws -> ExitCode
}
