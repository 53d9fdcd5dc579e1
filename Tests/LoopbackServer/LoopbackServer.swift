import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOConcurrencyHelpers

/// A web server on 127.0.0.1 as a test writes it: a token endpoint, a metadata service, a security token service.
public final class LoopbackServer: Sendable {
    public struct Request: Sendable {
        public var method: String
        /// Path and query.
        public var uri: String
        public var headers: [(name: String, value: String)]
        public var body: String

        public func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
    }

    public struct Reply: Sendable {
        public var status: Int
        public var body: String
        /// Says nothing at all.
        public var isSilent = false
        /// Goes on sending a byte now and then, and never ends.
        public var drips = false
        /// Sent as they are, in place of an answer of HTTP; then the connection is closed.
        public var bytes: [UInt8]?

        public init(_ status: Int = 200, _ body: String = "") {
            self.status = status
            self.body = body
        }

        public static var dripping: Reply {
            var reply = Reply()
            reply.drips = true
            return reply
        }

        public static func raw(_ bytes: [UInt8]) -> Reply {
            var reply = Reply()
            reply.bytes = bytes
            return reply
        }

        public static var silence: Reply {
            var reply = Reply()
            reply.isSilent = true
            return reply
        }
    }

    /// The request, and how many came before it.
    public typealias Script = @Sendable (Request, _ before: Int) -> Reply

    public let url: String
    private let seen: Seen

    /// In the order in which they came.
    public var requests: [Request] { seen.requests.withLockedValue { $0 } }

    private init(_ url: String, _ seen: Seen) {
        self.url = url
        self.seen = seen
    }

    /// `certificate` and `key`, PEM: with them, TLS is spoken.
    public static func run<Value: Sendable>(
        certificate: String? = nil, key: String? = nil, _ script: @escaping Script, _ body: (LoopbackServer) async throws -> Value
    ) async throws -> Value {
        let seen = Seen()
        var tls: NIOSSLContext?
        if let certificate, let key {
            tls = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
                    privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))))
        }
        let context = tls
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(script, seen))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let scheme = context == nil ? "http" : "https"
        do {
            let value = try await body(LoopbackServer("\(scheme)://127.0.0.1:\(server.localAddress?.port ?? 0)", seen))
            try await server.close()
            return value
        } catch {
            try? await server.close()
            throw error
        }
    }

    fileprivate final class Seen: Sendable {
        let requests = NIOLockedValueBox<[Request]>([])
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let script: Script
        private let seen: Seen
        private var request: Request?

        init(_ script: @escaping Script, _ seen: Seen) {
            self.script = script
            self.seen = seen
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(
                    method: head.method.rawValue, uri: head.uri, headers: head.headers.map { ($0.name, $0.value) }, body: "")
            case .body(let bytes): request?.body += String(buffer: bytes)
            case .end:
                guard let request else { return }
                let before = seen.requests.withLockedValue { requests in
                    requests.append(request)
                    return requests.count - 1
                }
                let reply = script(request, before)
                if reply.isSilent { return }
                if let bytes = reply.bytes {
                    // From where what goes out has been encoded.
                    let encoded = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
                    encoded?.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
                    return context.close(promise: nil)
                }
                if reply.drips {
                    let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: HTTPHeaders([("Transfer-Encoding", "chunked")]))
                    context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
                    return drip(context)
                }
                let headers = HTTPHeaders([("Content-Length", "\(reply.body.utf8.count)"), ("Connection", "close")])
                context.write(
                    wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers))),
                    promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: reply.body)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        private func drip(_ context: ChannelHandlerContext) {
            guard context.channel.isActive else { return }
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: " ")))), promise: nil)
            context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(20)) { self.drip(context) }
        }
    }
}
