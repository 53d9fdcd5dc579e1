import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
public import Policies
public import ServiceLifecycle

/// Serves ``MonitoringPages`` over HTTP/1.1, among the services of an agent.
public final class MonitoringServer: Service {
    private let pages: MonitoringPages
    private let address: ListenAddress
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let listening: AsyncStream<Void>
    private let announce: AsyncStream<Void>.Continuation

    private let limits: Limits

    /// What whoever connects is given.
    struct Limits: Sendable {
        /// What a scraper and three probes need, many times over; beyond it the one that has asked nothing for longest is closed.
        var connections = 64
        /// For the whole head of a request.
        var head = TimeAmount.seconds(10)
        /// For an answer to be taken.
        var answer = TimeAmount.seconds(30)
        /// Between two requests.
        var idle = TimeAmount.seconds(30)
    }

    /// - Parameters:
    ///   - address: where; port 0 lets the system choose.
    ///   - onListening: gets the port.
    public convenience init(
        _ pages: MonitoringPages, at address: ListenAddress, onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.init(pages, at: address, limits: Limits(), onListening: onListening)
    }

    init(
        _ pages: MonitoringPages, at address: ListenAddress, limits: Limits,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.pages = pages
        self.limits = limits
        self.address = address
        self.onListening = onListening
        (listening, announce) = AsyncStream.makeStream()
    }

    /// Returns when it listens, so that nothing else is begun where it cannot. Throws where the task is cancelled before that.
    public func waitUntilListening() async throws {
        for await _ in listening {}
        try Task.checkCancellation()
    }

    /// Throws `MonitoringServerError` where it cannot listen.
    public func run() async throws {
        // Hummingbird calls each connection that is open when the server stops an error.
        let logger = Logger(label: "tidemark.monitoring") { _ in SwiftLogNoOpLogHandler() }
        let limits = limits
        let room = ConnectionRoom(limits.connections)
        let application = Application(
            responder: MonitoringResponder(pages: pages),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [HeadWatch(room, limits)], idleTimeout: limits.idle,
                    httpDecoderConfiguration: .init(maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port), backlog: 64),
            onServerRunning: { [onListening, announce] channel in
                await onListening(channel.localAddress?.port ?? 0)
                announce.finish()
            },
            logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw MonitoringServerError(address, errno: error.errnoCode)
        } catch {
            if error is CancellationError { throw error }
            // A name that stands for no address comes as one of several errors.
            throw MonitoringServerError(
                message: "metrics cannot be served at \(address): \(error)", hint: "give an address of this host, such as 127.0.0.1:9464.")
        }
    }
}

private struct MonitoringContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
}

private struct MonitoringResponder: HTTPResponder {
    let pages: MonitoringPages

    func respond(to request: Request, context: MonitoringContext) async throws -> Response {
        let answer = pages.answer(request.method.rawValue, request.uri.path, accept: request.headers[.accept])
        var headers: HTTPFields = [.contentType: answer.contentType, .cacheControl: "no-store"]
        if answer.isReadOnly { headers[.allow] = "GET, HEAD" }
        let isHead = request.method == .head
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}

/// Why metrics and health cannot be served.
public struct MonitoringServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed and why.
    public let message: String
    /// What to do, as a sentence.
    public let hint: String

    public var description: String { "\(message). hint: \(hint)" }
}

extension MonitoringServerError {
    fileprivate init(_ address: ListenAddress, errno: CInt) {
        let (why, hint) =
            switch errno {
            case EADDRINUSE: ("the port is taken", "stop what listens there (`ss -ltnp`), or give another port with --listen.")
            case EACCES: ("this user may not use the port", "give a port above 1023 with --listen.")
            case EADDRNOTAVAIL: ("this host has no such address", "give one of its addresses, such as 127.0.0.1:9464.")
            default: (String(cString: strerror(errno)), "give another address with --listen.")
            }
        self.init(message: "metrics cannot be served at \(address): \(why)", hint: hint)
    }
}
