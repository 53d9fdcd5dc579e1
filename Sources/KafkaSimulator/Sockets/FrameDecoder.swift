import NIOCore

/// Cuts a connection's bytes into frames: a length of four bytes, then that many bytes.
struct FrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = [UInt8]

    /// Kafka's `socket.request.max.bytes`.
    static let limit = 104_857_600

    struct BadLength: Error {
        let length: Int32
    }

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: Int32.self) else { return .needMoreData }
        guard length >= 0, length <= Self.limit else { throw BadLength(length: length) }
        guard buffer.readableBytes >= 4 + Int(length) else { return .needMoreData }
        buffer.moveReaderIndex(forwardBy: 4)
        context.fireChannelRead(wrapInboundOut(buffer.readBytes(length: Int(length)) ?? []))
        return .continue
    }

    mutating func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        // What is left of a frame whose sender is gone is of no use.
        try decode(context: context, buffer: &buffer)
    }
}
