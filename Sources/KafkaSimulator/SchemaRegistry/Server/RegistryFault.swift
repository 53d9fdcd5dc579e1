/// What a simulated registry can be told to get wrong with its next calls.
public enum RegistryFault: Sendable, Equatable {
    /// Answers so much later. The call is served.
    case delay(Duration)
    /// Answers with this HTTP status and the registry's usual error body instead of serving the call.
    case status(Int)
    /// Closes the connection without an answer. The call is not served.
    case drop
    /// Serves the call and closes the connection without an answer: whether it was served, the caller cannot know.
    case dropAfterServing
    /// Serves the call, announces the whole answer, sends half of it and closes the connection.
    case truncate
    /// Answers 200 with a page of HTML, as a proxy in between may.
    case html
    /// Answers 200 with JSON of so many bytes that has nothing to do with the call.
    case oversized(bytes: Int)
    /// Answers 200 with a list of so many zeros.
    case zeros(count: Int)
    /// Answers with this status and so many bytes that say nothing.
    case wordyStatus(Int, bytes: Int)
}
