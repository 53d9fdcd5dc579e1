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

    /// What the registry holds after the change.
    struct Holdings {
        /// The last version of a subject, for a registry that does not say which it registered.
        var greatest: (ByteString) -> Int?
        /// A version, also a deleted one.
        var version: (ByteString, Int) -> OrderedJSON?
    }

    /// Notes a change that was answered. Keys are as registries write them. Values are the calls' bodies; what is soft-deleted is written again as
    /// deleted (a whole subject: up to which version), and none where something was deleted for good.
    func note(_ request: RegistryRequest, _ answer: RegistryAnswer, _ holdings: Holdings) {
        if cluster.withState({ $0.configs.effective("auto.create.topics.enable", broker: $0.controller) }) != "false" { ensure([:]) }
        let records = Self.changes(request, answer, holdings).map { key, value in
            Record(timestamp: request.moment.milliseconds, key: key.compact().bytes, value: value)
        }
        guard !records.isEmpty else { return }
        cluster.withState { _ = $0.topics[Self.name]?.partitions[0].append(RecordBatch(records)) }
    }

    /// The keys that a call touches, and what stands under them now: nil where that is gone.
    private static func changes(
        _ request: RegistryRequest, _ answer: RegistryAnswer, _ holdings: Holdings
    ) -> [(key: OrderedJSON, value: [UInt8]?)] {
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
            let key: OrderedJSON = ["keytype": type, "subject": subject.isEmpty ? .null : .text(subject), "magic": .integer(0)]
            return [(key, isDeletion ? nil : request.body)]
        }
        let json = try? OrderedJSON(parsing: answer.body.bytes)
        let body = try? OrderedJSON(parsing: request.body)
        let versions =
            isDeletion
            ? (json?.asArray ?? [json].compactMap(\.self)).compactMap(\.asInteger)
            : [json?["version"]?.asInteger ?? body?["version"]?.asInteger ?? holdings.greatest(subject)].compactMap(\.self)
        let isSoft = isDeletion && !request.flag("permanent")
        if isSoft, path.count == place + 2, let last = versions.max() {
            let value: OrderedJSON = ["subject": .text(subject), "version": .integer(last)]
            return [(["keytype": "DELETE_SUBJECT", "subject": .text(subject), "magic": .integer(0)], value.compact().bytes)]
        }
        return versions.map { version in
            let key: OrderedJSON = ["keytype": "SCHEMA", "subject": .text(subject), "version": .integer(version), "magic": .integer(1)]
            guard isDeletion else { return (key, request.body) }
            return (key, isSoft ? deleted(holdings.version(subject, version), subject, version) : nil)
        }
    }

    /// A version as it is written when it was soft-deleted.
    private static func deleted(_ version: OrderedJSON?, _ subject: ByteString, _ number: Int) -> [UInt8] {
        var members = version?.asMembers ?? []
        func set(_ name: ByteString, _ value: OrderedJSON) {
            members.removeAll { $0.name == name }
            members.append(OrderedJSON.Member(name: name, value: value))
        }
        set("subject", .text(subject))
        set("version", .integer(number))
        set("deleted", true)
        return OrderedJSON.object(members).compact().bytes
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
