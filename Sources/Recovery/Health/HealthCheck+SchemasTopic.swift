import Bytes
import KafkaClient
import Resources

extension HealthCheck {
    /// A registry goes on serving from memory when its topic is deleted, and with the next change brokers make the topic anew with
    /// `cleanup.policy=delete`: then schemas expire. Nothing but the topic itself shows it.
    func schemasTopic() async throws -> Finding {
        let check = "schemas-topic"
        let name = source.schemasTopic
        do {
            let topic = try await source.client.describeTopics([name]).first
            guard let topic, !topic.error.isError else {
                if topic?.error.isAuthorizationFailure == true {
                    return Finding(check: check, severity: .warning, detail: "reading it needs DESCRIBE on the topic \(name)")
                }
                return Finding(
                    check: check, severity: .warning,
                    detail: "this cluster has no topic \(name): unless the registry keeps its schemas elsewhere, they are in its memory "
                        + "alone. hint: take a backup of the registry before it is restarted.")
            }
            let answer = try await source.client.describeConfigs([.topic(name)])
            guard case .entries(let entries)? = answer.value[.topic(name)] else {
                return Finding(check: check, severity: .warning, detail: "reading its configs needs DESCRIBE_CONFIGS on the topic \(name)")
            }
            return Self.schemasTopic(name, policy: entries.first { $0.name == "cleanup.policy" }?.value)
        } catch {
            try Task.checkCancellation()
            return Finding(check: check, severity: .failure, detail: "\(error)", cause: Finding.Cause(of: error))
        }
    }

    /// - Parameter policy: the topic's `cleanup.policy`; nil where the broker does not tell it.
    static func schemasTopic(_ name: ByteString, policy: ByteString?) -> Finding {
        let check = "schemas-topic"
        guard let policy else {
            return Finding(
                check: check, severity: .warning,
                detail:
                    "the broker does not tell cleanup.policy of \(name): whether schemas expire is not known. hint: look at the topic's "
                    + "configs with a user who may, or in the service's console.", subjects: ["\(name)"])
        }
        let policies = policy.description.split(separator: ",").map { $0.drop { $0 == " " } }
        if policies.contains("delete") {
            return Finding(
                check: check, severity: .failure,
                detail: "\(name) has cleanup.policy=\(policy), so schemas expire. hint: take a backup of the registry, set "
                    + "cleanup.policy=compact, and register again what the topic lacks.", subjects: ["\(name)"])
        }
        guard policies.contains("compact") else {
            return Finding(
                check: check, severity: .warning,
                detail:
                    "\(name) has cleanup.policy=\(policy.isEmpty ? "(none)" : policy) and is not compacted. hint: set cleanup.policy=compact.",
                subjects: ["\(name)"])
        }
        return Finding(check: check, severity: .ok, detail: "\(name) is compacted")
    }
}
