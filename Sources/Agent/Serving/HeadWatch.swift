import NIOCore
import NIOHTTPTypes

/// Watches that a connection does not keep its place for nothing: the head of a request has to be whole within a time from its first byte (the
/// first one's from the connection's beginning), and an answer taken within another. Beyond that it is closed.
///
/// It stands behind the decoder, where heads are whole, and puts a second one before it, where bytes come.
final class HeadWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What a connection is doing.
    private enum State {
        /// Nothing has come since the last answer; the server's idle time-out counts.
        case idle
        /// A head is awaited.
        case asking
        /// So many requests are to be answered; `more`: bytes of another one may have come.
        case answering(Int, more: Bool)
    }

    private let room: ConnectionRoom
    private let limits: MonitoringServer.Limits
    private var state = State.asking
    private var guest: ConnectionRoom.Guest?
    private var deadline: Scheduled<Void>?

    init(_ room: ConnectionRoom, _ limits: MonitoringServer.Limits) {
        self.room = room
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guest = room.enter(context.channel)
        // A pipeline that is closed already has no place for it, and no need of it.
        try? context.pipeline.syncOperations.addHandler(ByteWatch(self), position: .first)
        allow(limits.head, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            asked(context)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { answered(context) }
        context.write(data, promise: promise)
    }

    private func asked(_ context: ChannelHandlerContext) {
        if case .answering(let count, _) = state {
            state = .answering(count + 1, more: false)
        } else {
            state = .answering(1, more: false)
            if let guest { room.mark(guest, isAnswered: true) }
            allow(limits.answer, context)
        }
    }

    private func answered(_ context: ChannelHandlerContext) {
        switch state {
        case .answering(let count, let more) where count > 1:
            state = .answering(count - 1, more: more)
            allow(limits.answer, context)
        case .answering(_, let more):
            if let guest { room.mark(guest, isAnswered: false) }
            state = more ? .asking : .idle
            if more { allow(limits.head, context) } else { deadline?.cancel() }
        case .idle, .asking: break
        }
    }

    fileprivate func bytesCame(_ context: ChannelHandlerContext) {
        switch state {
        case .idle:
            state = .asking
            allow(limits.head, context)
        case .asking: break
        case .answering(let count, _): state = .answering(count, more: true)
        }
    }

    private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.scheduleTask(in: time) { [channel = context.channel] in channel.close(promise: nil) }
    }

    private func leave() {
        deadline?.cancel()
        deadline = nil
        if let guest { room.leave(guest) }
        guest = nil
    }
}

/// Tells a ``HeadWatch`` that bytes came.
private final class ByteWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let watch: HeadWatch

    init(_ watch: HeadWatch) { self.watch = watch }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        watch.bytesCame(context)
        context.fireChannelRead(data)
    }
}
