import Bytes
import KafkaProtocol
import Seams
import NIOConcurrencyHelpers

@testable import KafkaSimulator

/// A cluster without sockets, a clock that stands still until it is moved, and short words for calls.
struct BrokerStage {
    var state: ClusterState
    var uptime: Duration = .seconds(100)
    var clock = Timestamp(milliseconds: 1_795_453_268_532)
    let chance: PlantedChance
    /// Who calls, and how the client calls itself.
    var principal: ByteString = "User:ANONYMOUS"
    var clientID: ByteString = "client"
    private var calls: UInt64 = 0

    init(_ configuration: SimulatorConfiguration = SimulatorConfiguration()) {
        chance = PlantedChance(seed: 11)
        state = ClusterState(configuration, chance: chance)
        for (index, id) in configuration.brokerIDs.enumerated() {
            state.setPort(Int32(29_092 + index), of: id)
            state.setAlive(true, broker: id)
        }
    }

    struct NoAnswer: Error {}

    /// Calls `handler` as a client of `broker` (the first one if nil). Throws where no answer came at once.
    mutating func call<Handler: CallHandler>(
        _ handler: Handler.Type, _ request: Handler.Request, version: Int16? = nil, on broker: Int32? = nil
    ) throws -> Handler.Request.Response {
        let context = context(Handler.api, version ?? handler.versions.upperBound, on: broker)
        guard case .now(let response) = handler.answer(request, context, &state) else { throw NoAnswer() }
        return response
    }

    /// The same by way of a frame, with all that stands before and behind a handler: rights on the cluster, and quotas.
    mutating func ask<Request: KafkaRequest>(
        _ request: Request, as principal: ByteString? = nil, version: Int16? = nil, on broker: Int32? = nil
    ) throws -> Request.Response {
        guard let handler = Calls.byKey[Request.api] else { throw NoAnswer() }
        let version = version ?? handler.versions.upperBound
        let before = self.principal
        self.principal = principal ?? before
        defer { self.principal = before }
        let frame = try Frame.encode(request, version: version, correlationID: 1, clientID: clientID)
        let context = context(Request.api, version, on: broker)
        guard case .answered(let bytes) = try handler.serve(frame, context, &state) else { throw NoAnswer() }
        return try Frame.decodeResponse(to: Request.self, version: version, from: bytes).response
    }

    mutating func context(_ api: APIKey, _ version: Int16, on broker: Int32? = nil) -> CallContext {
        calls += 1
        return CallContext(
            broker: broker ?? state.brokers[0].id, connection: ConnectionID(number: 1), api: api, version: version,
            token: CallToken(number: calls), clientID: clientID, clientHost: "/127.0.0.1", principal: principal, now: clock,
            uptime: uptime, chance: chance)
    }

    /// Makes a topic, with its id if one is given, without asking any handler.
    mutating func plant(
        _ name: ByteString, partitions: Int = 1, factor: Int? = nil, id: KafkaUUID? = nil, configs: [ByteString: ByteString] = [:]
    ) {
        if let id { chance.plant(id.bytes) }
        let factor = factor ?? state.brokers.count
        let replicas = state.placement.place(partitions: partitions, factor: factor, on: state.brokers.map(\.id))
        _ = state.add(name, replicas: replicas, configs: configs, context(.createTopics, 7))
    }

    /// Appends records with these timestamps to a partition, as one batch.
    mutating func fill(_ topic: ByteString, _ partition: Int = 0, timestamps: [Int64]) {
        let records = timestamps.map { Record(timestamp: $0, key: [1], value: [2]) }
        _ = state.topics[topic]?.partitions[partition].append(RecordBatch(records))
    }
}

/// Seeded chance, but for bytes that are planted and come first.
final class PlantedChance: ChanceSource {
    private let planted = NIOLockedValueBox<[[UInt8]]>([])
    private let seeded: SeededChance

    init(seed: UInt64) { seeded = SeededChance(seed: seed) }

    func plant(_ bytes: [UInt8]) { planted.withLockedValue { $0.append(bytes) } }

    func bytes(_ count: Int) -> [UInt8] {
        planted.withLockedValue { $0.first?.count == count ? $0.removeFirst() : nil } ?? seeded.bytes(count)
    }
}
