import Bytes
public import KafkaProtocol
public import Logging
public import NIOCore
public import NIOPosix
public import Seams
import NIOConcurrencyHelpers

/// An in-process Kafka cluster on real sockets of 127.0.0.1, one listener a broker.
///
/// Time and chance are given, so the same seed and the same calls give the same ids, salts and layouts.
public final class SimulatedCluster: Sendable {
    public let configuration: SimulatorConfiguration
    let time: any TimeSource
    let chance: any ChanceSource
    let logger: Logger
    private let eventLoopGroup: any EventLoopGroup
    let core: NIOLockedValueBox<Core>
    private let listeners: (stream: AsyncStream<Listener>, continuation: AsyncStream<Listener>.Continuation)

    /// All that changes, behind one lock.
    struct Core {
        var state: ClusterState
        var faults = FaultList()
        var waiters: [CallToken: Waiter] = [:]
        var nextNumber: UInt64 = 1
        var serverChannels: [Int32: any Channel] = [:]
        var connections: [ConnectionID: (broker: Int32, channel: any Channel)] = [:]
        var calls: [APIKey: Int] = [:]

        mutating func number() -> UInt64 {
            defer { nextNumber += 1 }
            return nextNumber
        }
    }

    private init(
        _ configuration: SimulatorConfiguration, time: any TimeSource, chance: any ChanceSource, logger: Logger,
        eventLoopGroup: any EventLoopGroup
    ) {
        self.configuration = configuration
        self.time = time
        self.chance = chance
        self.logger = logger
        self.eventLoopGroup = eventLoopGroup
        core = NIOLockedValueBox(Core(state: ClusterState(configuration, chance: chance)))
        listeners = AsyncStream.makeStream()
    }

    /// Starts a cluster, runs `body` with it, and stops it, whatever `body` does.
    ///
    /// - Throws: what `body` throws, and a ``ListenError`` where a port is taken or the TLS material is no good.
    public static func withCluster<Result: Sendable>(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(), time: any TimeSource, chance: any ChanceSource,
        logger: Logger = Logger(label: "tidemark.simulator") { _ in SwiftLogNoOpLogHandler() },
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        _ body: @Sendable (SimulatedCluster) async throws -> Result
    ) async throws -> Result {
        let cluster = SimulatedCluster(configuration, time: time, chance: chance, logger: logger, eventLoopGroup: eventLoopGroup)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            do {
                group.addTask { await cluster.acceptConnections() }
                for (index, id) in configuration.brokerIDs.enumerated() {
                    try await cluster.listen(id, port: configuration.firstPort == 0 ? 0 : configuration.firstPort + index)
                }
                group.addTask { await cluster.keepTime() }
                let result = try await body(cluster)
                await cluster.stop()
                return result
            } catch {
                await cluster.stop()
                throw error
            }
        }
    }

    /// Runs until the task is cancelled, as `tidemark simulator` does. `whenReady` is called once all brokers listen.
    public static func run(
        _ configuration: SimulatorConfiguration, time: any TimeSource, chance: any ChanceSource,
        logger: Logger = Logger(label: "tidemark.simulator") { _ in SwiftLogNoOpLogHandler() },
        whenReady: @Sendable (SimulatedCluster) async throws -> Void
    ) async throws {
        try await withCluster(configuration, time: time, chance: chance, logger: logger) { cluster in
            try await whenReady(cluster)
            while true { try await time.sleep(for: .seconds(3600)) }
        }
    }

    /// `host:port` of every broker that lives, as clients take it.
    public var bootstrapServers: String {
        core.withLockedValue { core in core.state.livingBrokers.map { "\($0.host):\($0.port)" }.joined(separator: ",") }
    }

    /// The port that a broker listens on, whether it lives or not; nil for an id that is none.
    public func port(of broker: Int32) -> Int? { core.withLockedValue { $0.state.broker(broker).map { Int($0.port) } } }

    // MARK: Sockets

    private func listen(_ broker: Int32, port: Int) async throws {
        let tls = try configuration.tls?.serverContext()
        let listener = try await Listener.bind(broker: broker, port: port, tls: tls, group: eventLoopGroup)
        core.withLockedValue { core in
            core.serverChannels[broker] = listener.channel
            core.state.setPort(Int32(listener.port), of: broker)
            core.state.setAlive(true, broker: broker)
        }
        listeners.continuation.yield(listener)
    }

    private func acceptConnections() async {
        await withDiscardingTaskGroup { group in
            for await listener in listeners.stream {
                group.addTask { await self.serve(listener) }
            }
            group.cancelAll()
        }
    }

    /// Until the listener's socket is closed. A connection that was accepted is served, if only to be closed, also when the cluster
    /// stops at that moment: a stream hands out what it holds before it ends.
    private func serve(_ listener: Listener) async {
        await withDiscardingTaskGroup { group in
            for await accepted in listener.accepted {
                group.addTask {
                    let fault = self.core.withLockedValue { $0.faults.takeConnection(to: listener.broker) }
                    var limit: Int?
                    if case .hangUp(let count) = fault { limit = count }
                    guard let connection = try? await Listener.open(accepted, hangingUpAfter: limit) else {
                        // It is closed, or about to be.
                        return accepted.close(promise: nil)
                    }
                    await self.serve(connection, broker: listener.broker, isRefused: fault == .refuse)
                }
            }
            group.cancelAll()
        }
    }

    /// Answers time-outs: delayed answers are at most this much late.
    private func keepTime() async {
        while !Task.isCancelled {
            do { try await time.sleep(for: .milliseconds(10)) } catch { return }
            core.withLockedValue { core in
                core.state.tick(now: time.now(), uptime: time.uptime())
                core.deliver()
            }
        }
    }

    private func stop() async {
        let channels = core.withLockedValue { core in Array(core.serverChannels.values) + core.connections.values.map(\.channel) }
        listeners.continuation.finish()
        // One that is closed already says so by an error, which is as good.
        for channel in channels { try? await channel.close() }
    }

    // MARK: Brokers that die and move

    /// Closes a broker's socket and connections. Other replicas take over what it led. No effect on one that is down.
    public func killBroker(_ id: Int32) async {
        let channels = core.withLockedValue { core -> [any Channel] in
            core.state.setAlive(false, broker: id)
            let listener = core.serverChannels.removeValue(forKey: id).map { [$0] } ?? []
            return listener + core.connections.values.filter { $0.broker == id }.map(\.channel)
        }
        for channel in channels { try? await channel.close() }
    }

    /// Brings a killed broker back, on its old port.
    ///
    /// - Throws: a ``ListenError`` where something else has taken the port.
    public func restartBroker(_ id: Int32) async throws {
        let port = core.withLockedValue { core in core.state.isAlive(id) ? nil : core.state.broker(id).map { Int($0.port) } }
        if let port { try await listen(id, port: port) }
    }

    /// Breaks the log directory of a broker that lives on: its replicas are offline, and what it holds is told by nobody.
    public func failLogDirectory(of broker: Int32) { setLogDirectory(isFailed: true, broker) }

    public func mendLogDirectory(of broker: Int32) { setLogDirectory(isFailed: false, broker) }

    private func setLogDirectory(isFailed: Bool, _ broker: Int32) {
        core.withLockedValue { core in
            core.state.setLogDirectory(isFailed: isFailed, broker: broker)
            core.deliver()
        }
    }

    /// Makes an in-sync replica lead a partition. False where `broker` is none, or topic or partition are not there.
    @discardableResult
    public func moveLeader(of partition: Int32, ofTopic topic: String, to broker: Int32) -> Bool {
        core.withLockedValue { core in
            let name = ByteString(topic)
            guard let count = core.state.topics[name]?.partitions.count, (0..<Int32(count)).contains(partition) else { return false }
            let moved = core.state.topics[name]?.partitions[Int(partition)].elect(broker) ?? false
            core.state.recheckFetches()
            core.deliver()
            return moved
        }
    }

    /// Moves the coordination of a group (and of those whose offsets share its partition). False where `broker` holds no
    /// in-sync replica, or no group was ever looked up.
    @discardableResult
    public func moveCoordinator(ofGroup group: String, to broker: Int32) -> Bool {
        let partition = core.withLockedValue { core in
            core.state.topics[Topic.offsetsName].map {
                ClusterState.partition(of: ByteString(group), among: $0.partitions.count)
            }
        }
        return partition.map { moveLeader(of: $0, ofTopic: "__consumer_offsets", to: broker) } ?? false
    }

    // MARK: Records that go

    /// Makes every broker look at once for records that have outlived `retention.ms` or `retention.bytes`, as they do by themselves
    /// half a minute after the start and every `log.retention.check.interval.ms` from then on. Logs start later afterwards, and
    /// positions may lie before their start.
    public func cleanUpLogs() {
        core.withLockedValue { core in
            core.state.cleanUpLogs(now: time.now())
            core.deliver()
        }
    }

    // MARK: Faults and observation

    /// Adds a fault behind those that are waiting.
    public func inject(_ fault: Fault) { core.withLockedValue { $0.faults.add(fault) } }

    public func clearFaults() { core.withLockedValue { $0.faults.clear() } }

    /// How many requests of each call have come in, over all brokers.
    public var callCounts: [APIKey: Int] { core.withLockedValue { $0.calls } }

    public func resetCallCounts() { core.withLockedValue { $0.calls = [:] } }

    /// Reads or changes the cluster from a test.
    func withState<Value: Sendable>(_ body: (inout ClusterState) -> Value) -> Value {
        core.withLockedValue { body(&$0.state) }
    }
}
