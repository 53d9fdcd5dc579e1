import ArgumentParser

/// How a command answers.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Answer with one JSON object on standard output (docs/cli.md gives its shape).")
    var json = false

    @Flag(name: [.short, .long], help: "Say more: every change of a plan, and a line per stage where there is no terminal.")
    var verbose = false

    @Flag(name: [.short, .long], help: "Say only what is asked for: no progress, no remarks.")
    var quiet = false

    func validate() throws {
        if verbose && quiet { throw ValidationError("--verbose and --quiet exclude each other.") }
    }
}
