/// Where a program writes. The executable's are standard output and standard error.
public protocol TextSink: Sendable {
    /// Whether a person's terminal is at the other end.
    var isTerminal: Bool { get }
    /// The first thing that kept text from being written; nil as long as all of it was.
    var failure: SinkFailure? { get }
    /// Writes at once and wholly. After a failure nothing more is written: half a line in the middle would be worse than an end.
    func write(_ text: String)
}

/// Why text could not be written.
public enum SinkFailure: Error, Hashable, Sendable {
    /// The reader went away, as `head` does once it has read enough.
    case closed
    /// The system's own words: no space left on device, bad file descriptor.
    case refused(String)
}

/// Where a program reads a person's answers from.
public protocol TextSource: Sendable {
    var isTerminal: Bool { get }
    /// The next line without its end; nil at the end of input. Throws `CancellationError` as soon as the task is cancelled.
    func readLine() async throws -> String?
}
