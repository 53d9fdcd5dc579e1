/// Where a program writes. The executable's are standard output and standard error.
public protocol TextSink: Sendable {
    /// Whether a person's terminal is at the other end.
    var isTerminal: Bool { get }
    /// Writes at once and wholly. What cannot be written (a closed pipe) is dropped: there is nobody to tell.
    func write(_ text: String)
}

/// Where a program reads a person's answers from.
public protocol TextSource: Sendable {
    var isTerminal: Bool { get }
    /// The next line without its end; nil at the end of input. Throws `CancellationError` as soon as the task is cancelled.
    func readLine() async throws -> String?
}
