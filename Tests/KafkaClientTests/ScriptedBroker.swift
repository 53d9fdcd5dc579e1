import Bytes
import KafkaProtocol
import NIOCore
import NIOPosix
import NIOConcurrencyHelpers

@testable import KafkaClient

/// The far side of a socket as a test writes it: each request of the client goes to a script, which says what comes back.
final class ScriptedBroker: Sendable {
    enum Reply: Sendable {
        case answer([UInt8])
        /// Bytes as they are, without a length.
        case raw([UInt8])
        case silence
        case hangUp
    }

    /// The request's frame, and how many requests of the same call came before it.
    typealias Script = @Sendable (_ api: APIKey, _ frame: [UInt8], _ before: Int) throws -> Reply

    let address: BrokerAddress
    private let seen: Seen

    private init(_ address: BrokerAddress, _ seen: Seen) {
        self.address = address
        self.seen = seen
    }

    /// How many requests of a call came.
    func count(_ api: APIKey) -> Int { seen.counts.withLockedValue { $0[api] ?? 0 } }

    static func run<Value: Sendable>(_ script: @escaping Script, _ body: (ScriptedBroker) async throws -> Value) async throws -> Value {
        let seen = Seen()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(script, seen)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let value = try await body(ScriptedBroker(BrokerAddress(host: "127.0.0.1", port: server.localAddress?.port ?? 0), seen))
            try await server.close()
            return value
        } catch {
            try? await server.close()
            throw error
        }
    }

    fileprivate final class Seen: Sendable {
        let counts = NIOLockedValueBox<[APIKey: Int]>([:])
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let script: Script
        private let seen: Seen
        private var frames = FrameBuffer(limit: 1 << 20)

        init(_ script: @escaping Script, _ seen: Seen) {
            self.script = script
            self.seen = seen
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            frames.append(&bytes)
            do {
                while let frame = try frames.next() {
                    let api = try RequestHeader.peek(frame).api
                    let before = seen.counts.withLockedValue { counts in
                        defer { counts[api, default: 0] += 1 }
                        return counts[api] ?? 0
                    }
                    switch try script(api, frame, before) {
                    case .answer(let frame):
                        var buffer = ByteBuffer(integer: Int32(frame.count))
                        buffer.writeBytes(frame)
                        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
                    case .raw(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
                    case .silence: break
                    case .hangUp: context.close(promise: nil)
                    }
                }
            } catch {
                context.close(promise: nil)
            }
        }
    }
}

extension ScriptedBroker.Reply {
    /// Answers a request in the version that it was asked in.
    static func answer<Request: KafkaRequest>(
        _: Request.Type, to frame: [UInt8], _ fill: (Request, inout Request.Response) -> Void
    ) throws -> ScriptedBroker.Reply {
        let (header, request) = try Frame.decodeRequest(Request.self, from: frame)
        var response = Request.Response()
        fill(request, &response)
        return .answer(
            try Frame.encodeResponse(response, to: Request.self, version: header.version, correlationID: header.correlationID))
    }

    /// ApiVersions with the highest versions that are given; every other call at its full range unless `only` is set.
    static func versions(to frame: [UInt8], limits: [APIKey: Int16] = [:], lacking: Set<APIKey> = []) throws -> ScriptedBroker.Reply {
        try answer(ApiVersionsRequest.self, to: frame) { _, response in
            for type in Messages.all where !lacking.contains(type.api) {
                var entry = ApiVersionsResponse.ApiVersion()
                entry.apiKey = type.api.rawValue
                entry.minVersion = type.versions.lowerBound
                entry.maxVersion = limits[type.api] ?? type.versions.upperBound
                response.apiKeys.append(entry)
            }
        }
    }

    /// Metadata that names brokers, the first one the controller.
    static func metadata(to frame: [UInt8], _ brokers: [(id: Int32, port: Int)]) throws -> ScriptedBroker.Reply {
        try answer(MetadataRequest.self, to: frame) { _, response in
            response.controllerId = brokers.first?.id ?? -1
            response.brokers = brokers.map {
                var broker = MetadataResponse.MetadataResponseBroker()
                (broker.nodeId, broker.host, broker.port) = ($0.id, "127.0.0.1", Int32($0.port))
                return broker
            }
        }
    }
}
