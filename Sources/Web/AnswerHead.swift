import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Keeps the head of an answer, as soon as it is there, and nothing else.
final class AnswerHead: HTTPClientResponseDelegate {
    let head: EventLoopPromise<HTTPResponseHead>

    init(_ head: EventLoopPromise<HTTPResponseHead>) { self.head = head }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        self.head.succeed(head)
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) { head.fail(error) }

    func didFinishRequest(task: HTTPClient.Task<Void>) {}
}
