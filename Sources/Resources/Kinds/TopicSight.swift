import Bytes
import KafkaClient
import KafkaProtocol

/// Whether a user is shown every topic that there can be: then metadata is complete by itself, and what a broker that cannot be asked holds
/// on its disks adds nothing to it.
///
/// Metadata comes from the cluster's own log and names topics whose brokers are all down, too; it leaves out only what the caller may not
/// describe. Nobody tells a caller what that is (authorized operations speak of what is shown, and those of the cluster say nothing of
/// topics). But the answer to a name does not depend on whether there is such a topic, only on the rules that cover the name. So one name
/// is asked for each set of rules that can cover one: a rule's own name where it is literal, a name beneath it where it is a prefix, and
/// one that no rule but those for all topics covers. If none of these is refused, no topic can be hidden, whoever the caller is: super user,
/// allowed everything, or anybody where no rule is about it.
///
/// That takes an authorizer that goes by these rules alone, as Kafka's own do, and the rights to read them (cluster DESCRIBE) and to see
/// which one it is (DESCRIBE_CONFIGS). Where nothing is authorized at all, everything is shown.
enum TopicSight {
    /// Kafka's own. Others may hide topics by rules that DescribeAcls does not show.
    private static let authorizers: Set<ByteString> = [
        "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "kafka.security.authorizer.AclAuthorizer",
        "kafka.security.auth.SimpleAclAuthorizer",
    ]

    /// What keeps it from being known that everything is shown; nil where everything is.
    static func doubt(_ sweep: Sweep) async throws -> String? {
        do throws(KafkaError) {
            var filter = AclFilter()
            filter.resourceType = .topic
            guard let rules = try await sweep.client.describeAcls(filter) else { return nil }
            guard try await goesByRules(sweep) else { return "whether topics are hidden from this user cannot be told" }
            guard let names = representatives(of: rules) else { return "the access rules are too many to be tried" }
            // Brokers that are asked for all topics instead tell nothing of names.
            guard let version = try await sweep.client.version(of: MetadataRequest.self, at: .anyBroker), version >= 4 else {
                return "whether topics are hidden from this user cannot be told"
            }
            let refused = try await sweep.client.describeTopics(names).filter { $0.error == .topicAuthorizationFailed }
            return refused.isEmpty ? nil : "access rules hide topics from this user"
        } catch  where error.code == .cancelled {
            throw error
        } catch {
            return "whether topics are hidden from this user cannot be told: \(error.message)"
        }
    }

    private static func goesByRules(_ sweep: Sweep) async throws(KafkaError) -> Bool {
        // Whom AWS's identities may see what is decided by policies of AWS's.
        if case .awsIAM? = sweep.client.configuration.security.sasl { return false }
        let answers: [ConfigAnswer]
        do {
            answers = try await sweep.brokerConfigs().value.filter { $0.key != .clusterDefault }.map(\.value)
        } catch let error as KafkaError {
            throw error
        } catch {
            return false
        }
        let classes = answers.compactMap { answer -> ByteString? in
            guard case .entries(let entries) = answer else { return nil }
            return entries.first { $0.name == "authorizer.class.name" }?.value
        }
        return !classes.isEmpty && classes.allSatisfy(authorizers.contains)
    }

    /// How many names are asked for at most.
    private static let limit = 20_000

    /// One topic name for each set of rules that can cover one; nil where they are too many, or a set has no name to be found.
    static func representatives(of rules: [AclBinding]) -> [ByteString]? {
        let topics = rules.filter { $0.resourceType == .topic && $0.resourceName != "*" }
        let literal = Set(topics.filter { $0.patternType == .literal }.map(\.resourceName))
        let prefixes = Set(topics.filter { $0.patternType == .prefixed }.map(\.resourceName))
        guard topics.allSatisfy({ [.literal, .prefixed].contains($0.patternType) }), literal.count + prefixes.count < limit else {
            return nil
        }
        var names = literal
        for prefix in prefixes.union([""]) {
            // As long as a topic's name can be: only the name itself begins so.
            let candidates = prefix.count >= 249 ? [prefix] : letters.map { prefix + ByteString(bytes: [$0]) }
            let found = candidates.first { name in
                let longer = (prefix.count..<name.count).map { ByteString(bytes: name.bytes.prefix($0 + 1)) }
                return !literal.contains(name) && !longer.contains(where: prefixes.contains)
            }
            guard let found = found ?? (prefix.count >= 249 ? prefix : nil) else { return nil }
            names.insert(found)
        }
        return names.sorted()
    }

    private static let letters = Array("tidemarkbcfghjlnopqsuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-".utf8)
}
