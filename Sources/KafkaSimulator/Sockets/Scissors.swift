import NIOCore

/// Lets so many bytes out to the client, whatever they are, and closes the connection.
final class Scissors: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var remaining: Int

    init(_ count: Int) { remaining = count }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if remaining > 0 { context.fireChannelRead(data) } else { context.close(promise: nil) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var bytes = unwrapOutboundIn(data)
        guard remaining > 0, let part = bytes.readSlice(length: min(remaining, bytes.readableBytes)) else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        remaining -= part.readableBytes
        context.write(wrapOutboundOut(part), promise: promise)
        guard remaining == 0 else { return }
        context.flush()
        context.close(promise: nil)
    }
}
