import Bytes
import KafkaProtocol
import NIOCore
import NIOPosix
import NIOSSL

/// The smallest client there can be: frames out, frames in.
struct WireClient {
    struct Closed: Error {}

    let inbound: NIOAsyncChannelInboundStream<[UInt8]>
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    private struct Framing: ByteToMessageDecoder {
        typealias InboundOut = [UInt8]
        mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
            guard let length = buffer.getInteger(at: buffer.readerIndex, as: Int32.self), buffer.readableBytes >= 4 + Int(length)
            else { return .needMoreData }
            buffer.moveReaderIndex(forwardBy: 4)
            context.fireChannelRead(wrapInboundOut(buffer.readBytes(length: Int(length)) ?? []))
            return .continue
        }
    }

    static func connect<Result: Sendable>(
        host: String = "127.0.0.1", port: Int, tls: TLSConfiguration? = nil, _ body: @Sendable (inout Conversation) async throws -> Result
    ) async throws -> Result {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: host, port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                if let context {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                }
                try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(Framing()))
                return try NIOAsyncChannel<[UInt8], ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var conversation = Conversation(frames: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&conversation)
        }
    }

    struct Conversation {
        var frames: NIOAsyncChannelInboundStream<[UInt8]>.AsyncIterator
        let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        var correlation: Int32 = 0

        mutating func send<Request: KafkaRequest>(_ request: Request, version: Int16) async throws {
            correlation += 1
            let frame = try Frame.encode(request, version: version, correlationID: correlation, clientID: "wire")
            try await send(frame)
        }

        func send(_ frame: [UInt8]) async throws {
            var buffer = ByteBuffer(integer: Int32(frame.count))
            buffer.writeBytes(frame)
            try await outbound.write(buffer)
        }

        mutating func receive() async throws -> [UInt8] {
            guard let frame = try await frames.next() else { throw Closed() }
            return frame
        }

        mutating func ask<Request: KafkaRequest>(_ request: Request, version: Int16) async throws -> Request.Response {
            try await send(request, version: version)
            let answer = try Frame.decodeResponse(to: Request.self, version: version, from: try await receive())
            guard answer.correlationID == correlation else { throw Closed() }
            return answer.response
        }
    }
}
