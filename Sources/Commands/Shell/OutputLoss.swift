/// What becomes of a command whose answer could not be written.
enum OutputLoss {
    /// The exit code once the output is counted in: an answer that nobody got is no success. Other codes already say that something
    /// is not well, and stay. A reader that went away has read what it wanted, so nothing is said about that.
    static func judge(_ code: ExitCode, _ shell: Shell) -> ExitCode {
        // A command that gave up because of it has said so already.
        if code == .outputLost || code == .readerGone { return code }
        switch shell.output.failure {
        case nil: return code
        case .closed: return code == .success ? .readerGone : code
        case .refused(let why):
            let explanation = explain(why, done: code == .success ? "the work itself was done" : "the command ended as '\(code.name)'")
            shell.errors.write(explanation.render(shell.style(for: shell.errors)))
            return code == .success ? .outputLost : code
        }
    }

    /// For a command that must not go on unless its answer was read.
    static func refuse(_ shell: Shell, _ standing: String) throws(OutputLostError) {
        if let failure = shell.output.failure { throw OutputLostError(failure: failure, standing: standing) }
    }

    static func explain(_ why: String, done: String) -> Explanation {
        Explanation(
            message: "standard output could not be written: \(why); \(done)",
            hint: "make room where the output goes, or send it elsewhere, and run the command again.", exitCode: .outputLost)
    }
}

/// Standard output failed before the command did what somebody was to read about first.
struct OutputLostError: Error, Hashable {
    let failure: SinkFailure
    /// What was done and what was not.
    let standing: String
}
