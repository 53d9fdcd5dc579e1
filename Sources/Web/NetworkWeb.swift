import Glibc
import AsyncHTTPClient
import Bytes
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// HTTP over the network, TLS verified. A client for each request: tokens are fetched once an hour, and so nothing has to be closed.
public struct NetworkWeb: WebTransport {
    private let authoritiesPEM: String?

    /// `authoritiesPEM`: the authorities to trust, PEM; nil: the system's.
    public init(authoritiesPEM: String? = nil) { self.authoritiesPEM = authoritiesPEM }

    public func send(_ request: WebRequest) async throws(WebFailure) -> WebAnswer {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .nanoseconds(request.connectTimeout.wholeNanoseconds)
        configuration.timeout.read = .nanoseconds(request.timeout.wholeNanoseconds)
        configuration.connectionPool.retryConnectionEstablishment = false
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authoritiesPEM {
            guard let certificates = try? NIOSSLCertificate.fromPEMBytes(Array(authoritiesPEM.utf8)), !certificates.isEmpty else {
                throw WebFailure("the truststore holds no PEM certificate", isTransient: false)
            }
            tls.trustRoots = .certificates(certificates)
        }
        configuration.tlsConfiguration = tls
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<WebAnswer, WebFailure>
        do {
            result = .success(try await Self.exchange(request, client))
        } catch {
            result = .failure(Self.words(error))
        }
        // Fails only where it was shut down before, which leaves nothing to do.
        try? await client.shutdown()
        return try result.get()
    }

    /// By the client's futures: their deadline is the whole answer's, that of its `async` calls ends with the head.
    private static func exchange(_ request: WebRequest, _ client: HTTPClient) async throws -> WebAnswer {
        let outgoing = try HTTPClient.Request(
            url: request.url, method: .RAW(value: request.method), headers: HTTPHeaders(request.headers.map { ($0.name, $0.value) }),
            body: request.body.isEmpty ? nil : .bytes(request.body))
        guard request.wantsBody else { return try await head(of: outgoing, request, client) }
        let collected = ResponseAccumulator(request: outgoing, maxBodySize: request.largestAnswer)
        let whole = request.connectTimeout + request.timeout
        let task = client.execute(request: outgoing, delegate: collected, deadline: .now() + .nanoseconds(whole.wholeNanoseconds))
        let answer = try await withTaskCancellationHandler {
            try await task.futureResult.get()
        } onCancel: {
            task.cancel()
        }
        return WebAnswer(status: Int(answer.status.code), body: answer.body.map { Array(buffer: $0) } ?? [])
    }

    private static func head(
        of outgoing: HTTPClient.Request, _ request: WebRequest, _ client: HTTPClient
    ) async throws -> WebAnswer {
        let waiting = AnswerHead(client.eventLoopGroup.any().makePromise())
        let whole = request.connectTimeout + request.timeout
        let task = client.execute(request: outgoing, delegate: waiting, deadline: .now() + .nanoseconds(whole.wholeNanoseconds))
        return try await withTaskCancellationHandler {
            defer { task.cancel() }
            return WebAnswer(status: Int(try await waiting.head.futureResult.get().status.code), body: [])
        } onCancel: {
            task.cancel()
        }
    }

    static func words(_ error: any Error) -> WebFailure {
        switch error {
        case let error as ResponseAccumulator.ResponseTooBigError:
            WebFailure("the answer is longer than \(error.maxBodySize) bytes", isTransient: false)
        case ChannelError.connectTimeout: WebFailure("nobody accepts the connection in time", isTransient: true)
        case is CancellationError: WebFailure("the command was stopped", isTransient: false)
        case let error as HTTPClientError: words(error)
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words($0.error) }
                ?? WebFailure("the host name \(error.host) cannot be resolved", isTransient: true)
        case NIOSSLError.handshakeFailed(let cause):
            WebFailure("the TLS handshake failed (\(TLSReason.words(in: "\(cause)")))", isTransient: false)
        case is NIOSSLError, is NIOSSLExtraError:
            WebFailure("the server's certificate is not trusted (\(TLSReason.words(in: "\(error)")))", isTransient: false)
        case let error as IOError:
            WebFailure(String(cString: strerror(error.errnoCode)).lowercased(), isTransient: true)
        default: WebFailure("\(error)", isTransient: true)
        }
    }

    private static func words(_ error: HTTPClientError) -> WebFailure {
        switch error {
        case .cancelled: WebFailure("the command was stopped", isTransient: false)
        case .connectTimeout: WebFailure("nobody accepts the connection in time", isTransient: true)
        case .deadlineExceeded, .readTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout:
            WebFailure("no complete answer in time", isTransient: true)
        case .remoteConnectionClosed, .bodyLengthMismatch:
            WebFailure("the connection was closed before the answer was complete", isTransient: true)
        case .invalidURL, .emptyScheme, .emptyHost:
            WebFailure("the URL is none of http:// or https://", isTransient: false)
        default: WebFailure(error.shortDescription, isTransient: false)
        }
    }
}

extension Duration {
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max / 2 : product + attoseconds / 1_000_000_000
    }
}
