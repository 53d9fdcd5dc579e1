import Bytes
import KafkaProtocol
import Seams

/// The topic of a cluster that a registry writes its changes to: `_schemas`, one partition, compacted.
///
/// Where somebody deletes it the registry goes on serving from memory, and the next change makes brokers create it anew with their own
/// defaults (`cleanup.policy=delete`), unless `auto.create.topics.enable` is off: then the change is lost when the registry stops.
struct SchemasTopic: Sendable {
    static let name: ByteString = "_schemas"

    let cluster: SimulatedCluster

    /// As a registry does when it starts.
    func create() { ensure(["cleanup.policy": "compact"]) }

    /// Notes a change that was answered. The record holds the call, not the schema as a registry writes it.
    func note(_ method: String, _ target: String, body: [UInt8], now: Timestamp) {
        if cluster.withState({ $0.configs.effective("auto.create.topics.enable", broker: $0.controller) }) != "false" { ensure([:]) }
        let record = Record(timestamp: now.milliseconds, key: Array("\(method) \(target)".utf8), value: body)
        cluster.withState { _ = $0.topics[Self.name]?.partitions[0].append(RecordBatch([record])) }
    }

    private func ensure(_ configs: [ByteString: ByteString]) {
        let context = cluster.ownContext
        cluster.withState { state in
            let factor = state.configs.number("default.replication.factor", broker: state.controller) ?? 1
            state.ensureTopic(Self.name, partitions: 1, factor: factor, configs: configs, context)
        }
    }
}

extension SimulatedCluster {
    /// For what happens without a call that came over a connection.
    var ownContext: CallContext {
        CallContext(
            broker: withState { $0.controller }, connection: ConnectionID(number: 0), api: .createTopics, version: 0,
            token: CallToken(number: 0), clientID: "simulator", clientHost: "/127.0.0.1", principal: "User:ANONYMOUS", now: time.now(),
            uptime: time.uptime(), chance: chance)
    }
}
