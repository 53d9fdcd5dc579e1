import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// Collects an answer within the limits of its request: what is refused needs few words, whatever the server sends.
final class AnswerCollector: HTTPClientResponseDelegate {
    struct TooLong: Error {
        let limit: Int
    }

    /// Of an answer of another status than 2xx so many bytes are kept, and the connection is closed behind them.
    static let longestRefusal = 64 << 10

    /// A refusal that goes on behind ``longestRefusal``, as far as it was kept.
    struct LongRefusal: Error {
        let answer: HTTPAnswer
    }

    private let longest: Int
    private let collected = NIOLockedValueBox(HTTPAnswer(status: 0, body: []))

    init(longest: Int) { self.longest = longest }

    func didReceiveHead(task: HTTPClient.Task<HTTPAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let pause = head.headers.first(name: "retry-after").flatMap { Int($0) }
        collected.withLockedValue {
            $0 = HTTPAnswer(status: Int(head.status.code), body: [], retryAfter: pause.map { .seconds(max(0, $0)) })
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<HTTPAnswer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        do {
            try collected.withLockedValue { try take(buffer, into: &$0) }
            return task.eventLoop.makeSucceededVoidFuture()
        } catch {
            return task.eventLoop.makeFailedFuture(error)
        }
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPAnswer>) -> HTTPAnswer { collected.withLockedValue { $0 } }

    private func take(_ buffer: ByteBuffer, into answer: inout HTTPAnswer) throws {
        let isRefusal = !(200..<300).contains(answer.status)
        let limit = isRefusal ? min(longest, Self.longestRefusal) : longest
        let room = limit - answer.body.count
        answer.body += buffer.readableBytesView.prefix(room)
        guard buffer.readableBytes > room else { return }
        if isRefusal { throw LongRefusal(answer: answer) }
        throw TooLong(limit: limit)
    }
}
