import KafkaProtocol
import NIOCore
import NIOTLS
import Seams

/// Performs what a ``ConnectionMachine`` asks for: frames, timers, and waking those who wait. Lives on one event loop,
/// whose own clock bounds the waits on the socket; sessions are counted by the time source.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Reply = CheckedContinuation<Result<InboundAnswer, CallFailure>, Never>

    private struct Pending {
        var call: OutboundCall
        var reply: Reply
        var version: Int16 = -1
        var timer: Scheduled<Void>?
    }

    private var machine: ConnectionMachine
    private var frames: FrameBuffer
    private let eventLoop: any EventLoop
    private let limits: ConnectionLimits
    private let meter: ConnectionMeter
    private let time: any TimeSource
    private var context: ChannelHandlerContext?
    private var isConnected = false
    private var pending: [CallID: Pending] = [:]
    private var setupTimer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var lastUse: NIODeadline

    init(_ machine: ConnectionMachine, limits: ConnectionLimits, meter: ConnectionMeter, time: any TimeSource, eventLoop: any EventLoop) {
        self.machine = machine
        self.limits = limits
        self.meter = meter
        self.time = time
        self.eventLoop = eventLoop
        frames = FrameBuffer(limit: min(ConnectionLimits.longestBeforeReady, limits.maxFrameLength))
        lastUse = .now()
    }

    // MARK: From the client, on the event loop

    func startSetup() {
        setupTimer?.cancel()
        setupTimer = schedule(limits.setup) { $0.perform(.setupTimedOut) }
    }

    func submit(_ call: OutboundCall, _ id: CallID, timeout: TimeAmount, reply: Reply) {
        var entry = Pending(call: call, reply: reply)
        entry.timer = schedule(timeout) { $0.perform(.callTimedOut(id)) }
        pending[id] = entry
        perform(.submitted(id))
    }

    func perform(_ event: ConnectionMachine.Event) {
        let actions = machine.handle(event)
        if !machine.isOpenForCalls { meter.closedForCalls() }
        for action in actions { run(action) }
    }

    // MARK: From the channel

    // Of a name with several addresses each may be tried, on a channel of its own with this handler on it: the first that stands counts. The
    // end of one that never stood says nothing of why; the connector does.

    func handlerAdded(context: ChannelHandlerContext) {
        if !isConnected { self.context = context }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        guard self.context === context else { return }
        self.context = nil
        if isConnected { perform(.disconnected) }
    }

    func channelActive(context: ChannelHandlerContext) {
        if !isConnected {
            isConnected = true
            self.context = context
            meter.opened()
            perform(.connected)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if self.context === context, isConnected { perform(.disconnected) }
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { perform(.secured) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        meter.received(bytes.readableBytes)
        lastUse = .now()
        frames.append(&bytes)
        do throws(ConnectionCause) {
            while let frame = try frames.next() { perform(.received(frame)) }
        } catch {
            perform(.broken(error))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        perform(.broken(ConnectionCause(channelError: error, offering: limits.tlsVersions)))
    }

    // MARK: Actions

    private func run(_ action: ConnectionMachine.Action) {
        switch action {
        case .write(let frame): write(frame)
        case .transmit(let id, let correlationID): transmit(id, correlationID)
        case .deliver(let id, let frame):
            guard let entry = pending.removeValue(forKey: id) else { return }
            entry.timer?.cancel()
            entry.reply.resume(returning: .success(InboundAnswer(version: entry.version, frame: frame)))
        case .fail(let id, let failure): fail(id, failure)
        case .becameReady(let lifetime):
            frames.limit = limits.maxFrameLength
            setupTimer?.cancel()
            idleTimer?.cancel()
            watchIdleness()
            // The broker closes a connection that is used after its session (KIP-368).
            meter.began(lifetime.map { Session(at: time.uptime(), lifetime: $0, share: limits.sessionShare) })
        case .beganAnew: startSetup()
        case .close:
            setupTimer?.cancel()
            idleTimer?.cancel()
            context?.close(promise: nil)
        }
    }

    private func transmit(_ id: CallID, _ correlationID: Int32) {
        guard var entry = pending[id] else { return }
        switch entry.call.encode(machine.versions, correlationID) {
        case .success(let (version, frame)):
            entry.version = version
            pending[id] = entry
            meter.sending(entry.call.api)
            write(frame)
        case .failure(let failure):
            fail(id, failure)
            perform(.unsendable(id))
        }
    }

    private func fail(_ id: CallID, _ failure: CallFailure) {
        guard let entry = pending.removeValue(forKey: id) else { return }
        entry.timer?.cancel()
        entry.reply.resume(returning: .failure(failure))
    }

    private func write(_ frame: [UInt8]) {
        guard let context else { return }
        lastUse = .now()
        var buffer = context.channel.allocator.buffer(capacity: 4 + frame.count)
        buffer.writeInteger(Int32(frame.count))
        buffer.writeBytes(frame)
        meter.sent(buffer.readableBytes)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func watchIdleness() {
        let wait = lastUse + limits.idle - .now()
        idleTimer = schedule(max(wait, .milliseconds(1))) { handler in
            // A call under way is use.
            if !handler.pending.isEmpty { handler.lastUse = .now() }
            let isIdle = handler.lastUse + handler.limits.idle <= .now()
            if isIdle { handler.perform(.retired) } else { handler.watchIdleness() }
        }
    }

    private func schedule(_ delay: TimeAmount, _ body: @escaping (ConnectionHandler) -> Void) -> Scheduled<Void> {
        eventLoop.assumeIsolated().scheduleTask(in: delay) { body(self) }
    }
}
