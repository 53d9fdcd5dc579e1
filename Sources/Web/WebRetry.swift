public import Seams

/// How often, and after which pauses, a request is sent again whose failure may pass.
public struct WebRetry: Sendable {
    public var attempts: Int
    public var firstPause: Duration
    public var longestPause: Duration

    public init(attempts: Int = 4, firstPause: Duration = .milliseconds(100), longestPause: Duration = .seconds(10)) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// The first answer that is not transient, or the last one; throws the last failure where none came, also where the task is cancelled
    /// before the next attempt is through.
    public func send(
        _ request: WebRequest, by transport: any WebTransport, _ time: any TimeSource, _ chance: any ChanceSource
    ) async throws(WebFailure) -> WebAnswer {
        var pause = min(firstPause, longestPause)
        var attempt = 1
        var last: String?
        while true {
            do throws(WebFailure) {
                let answer = try await transport.send(request)
                guard answer.isTransient, attempt < attempts else { return answer }
                last = "it answered \(answer.status)"
            } catch {
                if Task.isCancelled { throw Self.stopped(after: last) }
                last = error.reason
                guard error.isTransient, attempt < attempts else { throw error }
            }
            do {
                try await time.sleep(for: pause * chance.number(in: 800...1200) / 1000)
            } catch {
                throw Self.stopped(after: last)
            }
            pause = min(pause * 2, longestPause)
            attempt += 1
        }
    }

    private static func stopped(after last: String?) -> WebFailure {
        WebFailure(last.map { "\($0), and the next attempt was not waited for" } ?? "it was not waited for any longer", isTransient: true)
    }
}
