import NIOCore
import NIOPosix
import NIOSSL

/// A broker's socket, bound to 127.0.0.1.
struct Listener: Sendable {
    typealias Connection = NIOAsyncChannel<[UInt8], ByteBuffer>

    let broker: Int32
    let channel: NIOAsyncChannel<Connection, Never>

    /// `port` 0 takes a free one. Throws a ``ListenError`` where the port cannot be had.
    static func bind(broker: Int32, port: Int, tls: NIOSSLContext?, group: any EventLoopGroup) async throws -> Listener {
        do {
            return Listener(broker: broker, channel: try await channel(port, tls, group))
        } catch let error as IOError {
            throw ListenError.port(port, broker: broker, error)
        }
    }

    private static func channel(
        _ port: Int, _ tls: NIOSSLContext?, _ group: any EventLoopGroup
    ) async throws -> NIOAsyncChannel<Connection, Never> {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(FrameDecoder()))
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
    }

    var port: Int { channel.channel.localAddress?.port ?? 0 }
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
