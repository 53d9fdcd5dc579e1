import Bytes
import KafkaClient
import KafkaProtocol
import SchemaRegistryClient
import Seams

/// Makes the company real, through the calls that anybody's client would use.
struct Seeding {
    let client: KafkaClient
    let registry: SchemaRegistryClient
    let time: any TimeSource

    func run() async throws {
        try await topics()
        try await records()
        try await groups()
        try await schemas()
    }

    private func topics() async throws {
        let topics = Company.topics.map {
            NewTopic(name: $0.name, partitions: $0.partitions, replicationFactor: $0.replicationFactor, configs: $0.configs)
        }
        for (name, result) in try await client.createTopics(topics) where !result.isDone {
            throw DemoError("topic \(name) was not created: \(result.error) \(result.message ?? "")")
        }
    }

    private func records() async throws {
        let now = time.now().milliseconds
        for topic in Company.topics where topic.records > 0 {
            let records = (0..<topic.records).map {
                Record(timestamp: now, key: Array("\(topic.name)-\($0)".utf8), value: Array("demo record \($0)".utf8))
            }
            for partition in 0..<topic.partitions {
                _ = try await client.produce(records, to: TopicPartition(topic.name, partition))
            }
        }
    }

    private func groups() async throws {
        let topics = Dictionary(Company.topics.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for group in Company.groups {
            if group.isWithoutCommits {
                try await visit(group)
                continue
            }
            var offsets: [TopicPartition: CommittedOffset] = [:]
            for topic in group.topics.compactMap({ topics[$0] }) {
                for partition in 0..<topic.partitions {
                    offsets[TopicPartition(topic.name, partition)] = CommittedOffset(
                        offset: max(0, Int64(topic.records) - group.lag), metadata: group.metadata)
                }
            }
            for (partition, result) in try await client.commitOffsets(group: group.name, offsets) where !result.isDone {
                throw DemoError("group \(group.name) was not committed at \(partition): \(result.error) \(result.message ?? "")")
            }
        }
    }

    /// Joins and leaves, so that the group exists and has no position.
    private func visit(_ group: Company.Group) async throws {
        var join = JoinGroupRequest()
        join.groupId = group.name
        join.sessionTimeoutMs = 10_000
        join.rebalanceTimeoutMs = 10_000
        join.protocolType = "consumer"
        var assignor = JoinGroupRequest.JoinGroupRequestProtocol()
        assignor.name = "range"
        join.protocols = [assignor]
        var answer = try await client.send(join, to: .groupCoordinator(group.name))
        if answer.errorCode == .memberIdRequired {
            join.memberId = answer.memberId
            answer = try await client.send(join, to: .groupCoordinator(group.name))
        }
        guard answer.errorCode == .none else { throw DemoError("nobody could join group \(group.name): \(answer.errorCode)") }
        let member = answer.memberId
        _ = try await client.send(LeaveGroupRequest.self, to: .groupCoordinator(group.name)) { version in
            var leave = LeaveGroupRequest()
            leave.groupId = group.name
            if version < 3 {
                leave.memberId = member
            } else {
                var identity = LeaveGroupRequest.MemberIdentity()
                identity.memberId = member
                leave.members = [identity]
            }
            return leave
        }
    }

    private func schemas() async throws {
        try await registry.setCompatibility(CompatibilitySetting(level: Company.globalCompatibility), of: .global)
        for (subject, level) in Company.compatibility {
            try await registry.setCompatibility(CompatibilitySetting(level: level), of: .subject(subject))
        }
        for schema in Company.schemas {
            let references = schema.references.map { SchemaReference(name: ByteString($0.name), subject: $0.subject, version: $0.version) }
            _ = try await registry.register(
                Registration(schema: Schema(type: schema.type, text: ByteString(schema.text), references: references)),
                under: schema.subject)
        }
    }
}

/// What went wrong in the demo's own part.
struct DemoError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
