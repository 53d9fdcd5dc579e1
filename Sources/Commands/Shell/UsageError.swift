import Recovery

/// A command line, or a file that it names, that cannot be understood.
struct UsageError: Explained, Hashable {
    var message: String
    var hint: String

    init(_ message: String, hint: String) {
        self.message = message
        self.hint = hint
    }
}
