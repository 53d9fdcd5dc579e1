import NIOCore
import NIOPosix
import Testing

@testable import KafkaClient

/// Listeners that end the TLS handshake with an alert, on real sockets.
@Suite struct TLSAlertTests {
    private final class Alerting: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let answer: [UInt8]
        init(_ answer: [UInt8]) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
        }
    }

    /// Fatal, in a record of its own.
    private func failure(alert: UInt8, _ versions: Set<TLS.Version> = [.v12, .v13]) async throws -> KafkaError? {
        try await failure(answer: [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, alert], versions)
    }

    private func failure(answer: [UInt8], _ versions: Set<TLS.Version> = [.v12, .v13]) async throws -> KafkaError? {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Alerting(answer)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        var configuration = ClientConfiguration(bootstrap: [BrokerAddress(host: "127.0.0.1", port: server.localAddress?.port ?? 0)])
        configuration.connectAttempts = 1
        var tls = TLS()
        tls.versions = versions
        configuration.security.tls = tls
        var found: KafkaError?
        do {
            _ = try await TestCluster.withClient(configuration) { try await $0.describeCluster() }
            Issue.record("nothing failed")
        } catch {
            found = error as? KafkaError
        }
        try await server.close()
        return found
    }

    @Test(
        arguments: [
            (40, "wants a certificate"), (42, "does not accept our certificate"), (44, "revoked"), (45, "has expired"),
            (46, "does not accept our certificate"), (48, "does not accept our certificate"), (70, "TLSv1.2, TLSv1.3"),
            (71, "no cipher suite in common"), (80, "trouble of its own"), (112, "does not know the host name"),
            (116, "wants one and got none"), (47, "illegal parameter"),
        ] as [(UInt8, String)])
    func alertsAreTheBrokersWordsAndNotTheLibrarys(alert: UInt8, words: String) async throws {
        let error = try await failure(alert: alert)
        #expect(error?.code == .tls)
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
        let whole = error.map { "\($0)" } ?? ""
        #expect(!whole.contains(".cc") && !whole.contains("BoringSSL") && !whole.contains(" /"), "\(whole)")
    }

    /// Whoever speaks no TLS has refused nothing, and nobody is to be led to send a password to it.
    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-x\r\n"]) func whoSpeaksNoTLSIsNoBrokerOfOurs(answer: String) async throws
    {
        let error = try await failure(answer: Array(answer.utf8))
        #expect(error?.code == .protocolViolation && error?.cause == "the listener does not speak TLS", "\(String(describing: error))")
        #expect(error?.hint.contains("PLAINTEXT") == false)
    }

    @Test func whereNoVersionIsCommonBothSidesAreNamed() async throws {
        for (ours, theirs) in [(TLS.Version.v12, "TLSv1.3"), (.v13, "TLSv1.2")] {
            let error = try await failure(alert: 70, [ours])
            #expect(error?.cause.contains("that we offer (\(ours.rawValue)): it wants \(theirs)") == true, "\(String(describing: error))")
            #expect(error?.hint.contains("ssl.enabled.protocols") == true)
        }
    }
}
