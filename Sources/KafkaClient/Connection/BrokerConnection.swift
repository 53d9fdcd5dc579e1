import Bytes
import KafkaProtocol
import NIOCore
import NIOPosix
import NIOSSL
import Seams
import Synchronization
import NIOConcurrencyHelpers

/// A connection to one address as callers see it: calls go in as soon as it exists and wait inside until it is ready.
final class BrokerConnection: Sendable {
    let address: BrokerAddress
    private let eventLoop: any EventLoop
    private let handler: NIOLoopBoundBox<ConnectionHandler>
    private let meter: ConnectionMeter
    private let latestOrigin: NIOLockedValueBox<LoginGrant.Origin>
    private let nextCall = Atomic<UInt64>(0)

    private init(
        _ address: BrokerAddress, _ handler: NIOLoopBoundBox<ConnectionHandler>, _ meter: ConnectionMeter, _ origin: LoginGrant.Origin,
        _ eventLoop: any EventLoop
    ) {
        self.address = address
        self.handler = handler
        self.meter = meter
        latestOrigin = NIOLockedValueBox(origin)
        self.eventLoop = eventLoop
    }

    /// Whether a new call has a chance here.
    var isOpenForCalls: Bool { meter.isOpenForCalls }

    /// What the latest grant was made of.
    var origin: LoginGrant.Origin { latestOrigin.withLockedValue { $0 } }

    /// Whether a call must bring a fresh grant first: ``renew(_:)``. `now` is uptime.
    func wantsGrant(at now: Duration) -> Bool { meter.wantsGrant(at: now) }

    /// There is no fresh grant at the moment. Whether calls may go on without, because the session does; then a later one is to try.
    func postponeRenewal(at now: Duration) -> Bool { meter.postponeRenewal(at: now) }

    /// Gives a connection whose session is near its end what it takes to begin another. Of several callers', the first counts.
    func renew(_ grant: LoginGrant) {
        guard meter.beginRenewal() else { return }
        latestOrigin.withLockedValue { $0 = grant.origin }
        let handler = handler
        eventLoop.execute { handler.value.perform(.renewed(grant.sasl)) }
    }

    /// Begins to connect and returns at once. A failure shows in the calls, after `setup` at the latest.
    static func open(
        to address: BrokerAddress, configuration: ClientConfiguration, setup: Duration, tls: TLSMaterial?, grant: LoginGrant?,
        sessionShare: Int,
        meter: ConnectionMeter, time: any TimeSource, on eventLoop: any EventLoop
    ) -> BrokerConnection {
        let limits = ConnectionLimits(
            setup: TimeAmount(setup), idle: TimeAmount(configuration.connectionsMaxIdle),
            maxFrameLength: configuration.maxFrameLength, sessionShare: sessionShare,
            tlsVersions: configuration.security.tls?.versions ?? [])
        let machine = ConnectionMachine(isSecure: tls != nil, grant: grant?.sasl, clientID: configuration.clientID)
        let handler = NIOLoopBoundBox.makeBoxSendingValue(
            ConnectionHandler(machine, limits: limits, meter: meter, time: time, eventLoop: eventLoop), eventLoop: eventLoop)
        let connection = BrokerConnection(address, handler, meter, grant?.origin ?? .given, eventLoop)
        eventLoop.execute { handler.value.startSetup() }
        ClientBootstrap(group: eventLoop)
            .connectTimeout(limits.setup)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .keepingAlive()
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(tls.handler(for: address)) }
                    try channel.pipeline.syncOperations.addHandler(handler.value)
                }
            }
            .connect(host: address.host, port: address.port)
            .whenFailure { error in handler.value.perform(.broken(ConnectionCause(channelError: error))) }
        return connection
    }

    /// Sends a request once the connection is ready and returns its answer. Never throws: what failed is in the result.
    func call(_ call: OutboundCall, timeout: Duration) async -> Result<InboundAnswer, CallFailure> {
        let id = CallID(number: nextCall.wrappingAdd(1, ordering: .relaxed).newValue)
        // The cancellation handler may run before the call is submitted; the flag is what the submission then sees.
        let isCancelled = CancellationFlag()
        let (handler, eventLoop) = (handler, eventLoop)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { reply in
                eventLoop.execute {
                    if isCancelled.isSet { return reply.resume(returning: .failure(.cancelled(sent: false))) }
                    handler.value.submit(call, id, timeout: TimeAmount(timeout), reply: reply)
                }
            }
        } onCancel: {
            isCancelled.set()
            eventLoop.execute { handler.value.perform(.callCancelled(id)) }
        }
    }

    /// Ends the connection; calls under way fail. Returns when its event loop has done so.
    func close() async {
        let handler = handler
        try? await eventLoop.submit { handler.value.perform(.closeRequested) }.get()
    }
}

private final class CancellationFlag: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
}

extension TLSMaterial {
    /// An IP address is no server name (RFC 6066); the certificate is then matched against the address itself.
    func handler(for address: BrokerAddress) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: address.host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : address.host)
    }
}
