import Bytes
import KafkaProtocol

/// The topic of a cluster that a registry writes its changes to: `_schemas`, one partition, compacted.
///
/// Where somebody deletes it the registry goes on serving from memory, and the next change makes brokers create it anew with their own
/// defaults (`cleanup.policy=delete`), unless `auto.create.topics.enable` is off: then the change is lost when the registry stops.
struct SchemasTopic: Sendable {
    static let name: ByteString = "_schemas"

    let cluster: SimulatedCluster

    /// As a registry does when it starts.
    func create() { ensure(["cleanup.policy": "compact"]) }

    /// Notes a change that was answered. Keys are as registries write them; values are the calls' bodies, and none where something was deleted
    /// for good.
    ///
    /// - Parameter greatest: the last version of a subject, for a registry that does not say which it registered.
    func note(_ request: RegistryRequest, _ answer: RegistryAnswer, greatest: (ByteString) -> Int?) {
        if cluster.withState({ $0.configs.effective("auto.create.topics.enable", broker: $0.controller) }) != "false" { ensure([:]) }
        let records = Self.changes(request, answer, greatest).map { key, isGone in
            Record(timestamp: request.moment.milliseconds, key: key.compact().bytes, value: isGone ? nil : request.body)
        }
        guard !records.isEmpty else { return }
        cluster.withState { _ = $0.topics[Self.name]?.partitions[0].append(RecordBatch(records)) }
    }

    /// The keys that a call touches, and whether what stood under them is gone.
    private static func changes(
        _ request: RegistryRequest, _ answer: RegistryAnswer, _ greatest: (ByteString) -> Int?
    ) -> [(key: OrderedJSON, isGone: Bool)] {
        var path = request.path
        var context: ByteString = ""
        if path.first == "contexts", path.count > 2 {
            context = QualifiedSubject(context: path[1], name: "").contextText
            path.removeFirst(2)
        }
        guard let place = ["config", "mode", "subjects"].compactMap({ path.firstIndex(of: $0) }).min() else { return [] }
        let subject = path.count > place + 1 ? context + path[place + 1] : context
        let isDeletion = request.method == "DELETE"
        guard path[place] == "subjects" else {
            let type: OrderedJSON = path[place] == "config" ? "CONFIG" : "MODE"
            return [(["keytype": type, "subject": subject.isEmpty ? .null : .text(subject), "magic": .integer(0)], isDeletion)]
        }
        let json = try? OrderedJSON(parsing: answer.body.bytes)
        let body = try? OrderedJSON(parsing: request.body)
        let versions =
            isDeletion
            ? (json?.asArray ?? [json].compactMap(\.self)).compactMap(\.asInteger)
            : [json?["version"]?.asInteger ?? body?["version"]?.asInteger ?? greatest(subject)].compactMap(\.self)
        return versions.map { version in
            (
                ["keytype": "SCHEMA", "subject": .text(subject), "version": .integer(version), "magic": .integer(1)],
                isDeletion && request.flag("permanent")
            )
        }
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
