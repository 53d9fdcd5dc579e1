import Bytes
import KafkaClient
import Resources

extension HealthCheck {
    /// Where registries keep their schemas unless they were told otherwise (`kafkastore.topic`, Karapace's `topic_name`).
    static let schemasTopicName: ByteString = "_schemas"

    /// A registry goes on serving from memory when its topic is deleted, and with the next change brokers make the topic anew with
    /// `cleanup.policy=delete`: then schemas expire. Nothing but the topic itself shows it.
    func schemasTopic() async throws -> Finding {
        let check = "schemas-topic"
        let name = Self.schemasTopicName
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
            let policy = entries.first { $0.name == "cleanup.policy" }?.value ?? ""
            let policies = policy.description.split(separator: ",").map { $0.drop { $0 == " " } }
            if policies.contains("delete") {
                return Finding(
                    check: check, severity: .failure,
                    detail: "\(name) has cleanup.policy=\(policy), so schemas expire. hint: take a backup of the registry, set "
                        + "cleanup.policy=compact, and register again what the topic lacks.", subjects: ["\(name)"])
            }
            return Finding(check: check, severity: .ok, detail: "\(name) is compacted")
        } catch {
            try Task.checkCancellation()
            return Finding(check: check, severity: .failure, detail: "\(error)", cause: Finding.Cause(of: error))
        }
    }
}
