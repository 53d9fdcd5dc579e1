import AsyncHTTPClient
import Bytes
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// HTTP over the network. Must be shut down, see `SchemaRegistryClient.withClient`.
struct NetworkTransport: HTTPTransport {
    private let client: HTTPClient

    /// Throws `RegistryError` of kind `configuration` where a PEM text is not one.
    init(_ tls: RegistryTLS, timeout: Duration) throws(RegistryError) {
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = try Self.settings(tls)
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.read = .nanoseconds(timeout.wholeNanoseconds)
        configuration.timeout.connect = .nanoseconds(min(timeout, .seconds(10)).wholeNanoseconds)
        // The client of this module tries again itself, with the next URL.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func shutdown() async {
        // Fails only where it was shut down before, which leaves nothing to do.
        try? await client.shutdown()
    }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPAnswer {
        do {
            let task = try execute(request)
            return
                request.outlivesCancellation
                ? try await task.futureResult.get()
                : try await withTaskCancellationHandler {
                    try await task.futureResult.get()
                } onCancel: {
                    task.cancel()
                }
        } catch let refusal as AnswerCollector.LongRefusal {
            return refusal.answer
        } catch {
            throw Self.classify(error)
        }
    }

    /// By the client's futures, which know nothing of tasks, and whose deadline is the whole answer's: that of its `async` calls ends
    /// with the head.
    private func execute(_ request: HTTPRequest) throws -> HTTPClient.Task<HTTPAnswer> {
        let outgoing = try HTTPClient.Request(
            url: request.url, method: .RAW(value: request.method), headers: HTTPHeaders(request.headers.map { ($0.name, $0.value) }),
            body: request.body.map { .bytes($0) })
        return client.execute(
            request: outgoing, delegate: AnswerCollector(longest: request.largestAnswer),
            deadline: .now() + .nanoseconds(request.timeout.wholeNanoseconds))
    }

    private static func classify(_ error: any Error) -> HTTPTransportError {
        switch error {
        case let error as AnswerCollector.TooLong: HTTPTransportError(.tooLarge, reason: "the answer is longer than \(error.limit) bytes")
        case let error as HTTPClientError: classify(error)
        // What breaks off in its middle is HTTP all the same.
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection:
            HTTPTransportError(.interrupted, reason: "the connection was closed before the answer was complete")
        case is HTTPParserError: HTTPTransportError(.foreign, reason: "what answers there does not speak HTTP")
        case is CancellationError: HTTPTransportError(.cancelled, reason: "cancelled")
        case let error as NIOConnectionError:
            HTTPTransportError(.connect, reason: error.connectionErrors.first.map { words($0.error) } ?? "\(error.host) cannot be resolved")
        case NIOSSLError.handshakeFailed(let cause): HTTPTransportError(.tls, reason: handshakeWords("\(cause)"))
        case is NIOSSLError, is NIOSSLExtraError: HTTPTransportError(.tls, reason: TLSReason.words(in: "\(error)"))
        case let error as IOError where error.errnoCode == ECONNREFUSED: HTTPTransportError(.connect, reason: words(error))
        default: HTTPTransportError(.interrupted, reason: words(error))
        }
    }

    private static func classify(_ error: HTTPClientError) -> HTTPTransportError {
        switch error {
        case .cancelled: HTTPTransportError(.cancelled, reason: "cancelled")
        case .connectTimeout: HTTPTransportError(.connect, reason: "no connection within the time limit")
        case .tlsHandshakeTimeout: HTTPTransportError(.tls, reason: "the TLS handshake took too long")
        case .deadlineExceeded, .readTimeout, .getConnectionFromPoolTimeout:
            HTTPTransportError(.timeout, reason: "no complete answer within the time limit")
        case .remoteConnectionClosed, .bodyLengthMismatch:
            HTTPTransportError(.interrupted, reason: "the connection was closed before the answer was complete")
        default: HTTPTransportError(.interrupted, reason: error.shortDescription)
        }
    }

    /// The reasons that TLS itself gives have names but no type, and places in its source behind them.
    private static func handshakeWords(_ description: String) -> String {
        if description.contains("WRONG_VERSION_NUMBER") || description.contains("HTTP_REQUEST") {
            return "the server does not speak TLS at that port: is it http://?"
        }
        if description.contains("CERTIFICATE_VERIFY_FAILED") || description.contains("unableToValidateCertificate") {
            return "its certificate is not signed by a trusted authority, or is out of date"
        }
        if description.contains("PROTOCOL_VERSION") || description.contains("UNSUPPORTED_PROTOCOL") {
            return "the server speaks neither TLSv1.2 nor TLSv1.3"
        }
        return "the TLS handshake failed: \(TLSReason.words(in: description))"
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode)).lowercased()
    }

    private static func settings(_ tls: RegistryTLS) throws(RegistryError) -> TLSConfiguration {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        do {
            if let authorities = tls.authoritiesPEM {
                settings.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authorities.utf8)))
            }
            if let chain = tls.certificateChainPEM {
                settings.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(chain.utf8)).map { .certificate($0) }
            }
            if let key = tls.privateKeyPEM {
                settings.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.value.utf8), format: .pem))
            }
        } catch {
            // The library's error is not passed on: it may quote what it read.
            throw .configuration(
                "a certificate or key for the schema registry is not PEM",
                hint: "Give files that begin with '-----BEGIN CERTIFICATE-----' and '-----BEGIN PRIVATE KEY-----', without a passphrase.")
        }
        return settings
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max / 2 : product + attoseconds / 1_000_000_000
    }
}
