import NIOCore
import NIOPosix
import NIOSSL

/// A broker's socket, bound to 127.0.0.1.
struct Listener: Sendable {
    typealias Connection = NIOAsyncChannel<[UInt8], ByteBuffer>

    let broker: Int32
    let channel: any Channel
    /// Every connection that was accepted, from its first moment on; ends with the socket. Nothing is read from one before
    /// ``open(_:)``, and whoever takes one has to close it.
    ///
    /// Bare channels, because one that is made asynchronous must be run: where the socket is closed, or the task that takes them
    /// cancelled, while some wait here, they would be dropped, which NIO's writers answer by ending the process.
    let accepted: AsyncStream<any Channel>

    /// `port` 0 takes a free one. Throws a ``ListenError`` where the port cannot be had.
    static func bind(broker: Int32, port: Int, tls: NIOSSLContext?, group: any EventLoopGroup) async throws -> Listener {
        let (accepted, continuation) = AsyncStream<any Channel>.makeStream()
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Doorman(continuation))
                        if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(FrameDecoder()))
                    }
                }
                .bind(host: "127.0.0.1", port: port).get()
            channel.closeFuture.whenComplete { _ in continuation.finish() }
            return Listener(broker: broker, channel: channel, accepted: accepted)
        } catch let error as IOError {
            throw ListenError.port(port, broker: broker, error)
        }
    }

    /// Makes an accepted connection one that can be read and written. It must be run with `executeThenClose`. Throws where it is closed.
    /// `limit`: after how many bytes that go out it is closed.
    static func open(_ accepted: any Channel, hangingUpAfter limit: Int? = nil) async throws -> Connection {
        try await accepted.eventLoop.submit {
            guard accepted.isActive else { throw ChannelError.ioOnClosedChannel }
            // Next to the socket, before anything is read: what TLS says counts.
            if let limit { try accepted.pipeline.syncOperations.addHandler(Scissors(limit), position: .first) }
            let connection = try Connection(wrappingChannelSynchronously: accepted)
            // Reading begins here. It fails for a channel that closes at this moment, which the connection's own streams tell.
            accepted.setOption(.autoRead, value: true).whenFailure { _ in }
            return connection
        }.get()
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    /// Hands a connection over as soon as it stands.
    private final class Doorman: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<any Channel>.Continuation

        init(_ continuation: AsyncStream<any Channel>.Continuation) { self.continuation = continuation }

        func channelActive(context: ChannelHandlerContext) {
            if case .terminated = continuation.yield(context.channel) { context.close(promise: nil) }
            context.fireChannelActive()
        }
    }
}

extension SimulatedTLS {
    /// TLS 1.2 or newer; a client's certificate is demanded where authorities for it are given.
    func serverContext() throws -> NIOSSLContext {
        do {
            return try context()
        } catch is NIOSSLError {
            throw ListenError.tls
        }
    }

    private func context() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8)).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(bytes: Array(privateKeyPEM.utf8), format: .pem)
        var settings = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        settings.minimumTLSVersion = .tlsv12
        if let clientAuthoritiesPEM {
            settings.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(clientAuthoritiesPEM.utf8)))
            settings.certificateVerification = .noHostnameVerification
        }
        return try NIOSSLContext(configuration: settings)
    }
}
