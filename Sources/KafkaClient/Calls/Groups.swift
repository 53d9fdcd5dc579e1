public import Bytes
public import KafkaProtocol

/// A group as the broker that coordinates it lists it.
public struct ListedGroup: Sendable, Hashable {
    public var id: ByteString
    public var coordinator: Int32
    /// `consumer`, `connect`, or empty for a group that holds offsets only.
    public var protocolType: ByteString
    /// Such as `Stable` or `Empty`; nil from brokers before 2.6.
    public var state: ByteString?
    /// `classic`, `consumer`, `share`, `streams`; nil from brokers before 3.7, where all are classic.
    public var type: ByteString?

    public init(id: ByteString, coordinator: Int32, protocolType: ByteString = "", state: ByteString? = nil, type: ByteString? = nil) {
        self.id = id
        self.coordinator = coordinator
        self.protocolType = protocolType
        self.state = state
        self.type = type
    }

    /// Whether it is a group of the newer protocol (KIP-848). Brokers spell it `Consumer` or `consumer`.
    var isConsumerType: Bool { type.map { "\($0)".lowercased() } == "consumer" }
    var isOfAnotherKind: Bool { type.map { ["share", "streams"].contains("\($0)".lowercased()) } ?? false }
}

/// One member of a group.
public struct GroupMember: Sendable, Equatable {
    public var id: ByteString
    public var instanceID: ByteString?
    public var clientID: ByteString
    public var host: ByteString
    public var rack: ByteString?
    /// What it subscribes to, where the broker tells (the newer protocol).
    public var subscription: [ByteString]
    /// What it is assigned; nil where the protocol's own bytes are not the consumer protocol's.
    public var assignment: [TopicPartition]?
}

/// A group and its members.
public struct GroupDescription: Sendable, Equatable {
    public var id: ByteString
    public var coordinator: Int32
    public var state: ByteString
    public var protocolType: ByteString
    /// The assignor's name.
    public var protocolName: ByteString
    /// `classic` or `consumer`.
    public var type: ByteString
    /// Ids ascending.
    public var members: [GroupMember]
    public var error: ErrorCode
    public var errorMessage: String?
}

extension KafkaClient {
    /// Describes groups, those of one coordinator in batches of 1,000: by ConsumerGroupDescribe where the type is `consumer`, by
    /// DescribeGroups otherwise. A group that has moved is looked for again. Share and streams groups are unread.
    public func describeGroups(_ groups: [ListedGroup]) async throws(KafkaError) -> Sharded<[ByteString: GroupDescription]> {
        let (others, known) = (groups.filter(\.isOfAnotherKind), groups.filter { !$0.isOfAnotherKind })
        var sharded = try await atCoordinators(known, subject: "the group", error: \GroupDescription.error) {
            (broker, groups) async throws(KafkaError) in
            let (newer, classic) = (groups.filter(\.isConsumerType), groups.filter { !$0.isConsumerType })
            var found = try await self.describeConsumers(newer.map(\.id), at: broker)
            // A group of the newer protocol turns classic when its last member of that protocol leaves.
            let turned = newer.map(\.id).filter { found[$0].map { $0.error == .groupIdNotFound } ?? true }
            for (id, group) in try await self.describeClassic(classic.map(\.id) + turned, at: broker) { found[id] = group }
            return found
        }
        sharded.unread += others.map {
            Unread(
                broker: $0.coordinator, subject: "the \($0.type ?? "") group \($0.id)",
                error: .unsupported(.shareGroupDescribe, theirs: nil))
        }
        return sharded
    }

    private func describeClassic(_ ids: [ByteString], at broker: Int32) async throws(KafkaError) -> [ByteString: GroupDescription] {
        guard !ids.isEmpty else { return [:] }
        var request = DescribeGroupsRequest()
        request.groups = ids
        let answer = try await send(request, to: .broker(broker))
        return Dictionary(answer.groups.map { ($0.groupId, GroupDescription($0, coordinator: broker, redaction)) }) { first, _ in first }
    }

    /// Empty where the broker lacks the call: all its groups are classic then.
    private func describeConsumers(_ ids: [ByteString], at broker: Int32) async throws(KafkaError) -> [ByteString: GroupDescription] {
        guard !ids.isEmpty else { return [:] }
        var request = ConsumerGroupDescribeRequest()
        request.groupIds = ids
        do throws(KafkaError) {
            let answer = try await send(request, to: .broker(broker))
            return Dictionary(answer.groups.map { ($0.groupId, GroupDescription($0, coordinator: broker, redaction)) }) { first, _ in first
            }
        } catch  where error.code == .unsupported {
            return [:]
        }
    }
}

extension ListedGroup {
    init(_ group: ListGroupsResponse.ListedGroup, coordinator: Int32) {
        self.init(
            id: group.groupId, coordinator: coordinator, protocolType: group.protocolType,
            state: group.groupState.isEmpty ? nil : group.groupState, type: group.groupType.isEmpty ? nil : group.groupType)
    }
}

extension GroupDescription {
    init(_ group: DescribeGroupsResponse.DescribedGroup, coordinator: Int32, _ redaction: Redaction) {
        self.init(
            id: group.groupId, coordinator: coordinator, state: group.groupState, protocolType: group.protocolType,
            protocolName: group.protocolData, type: "classic",
            members: group.members.map { member in
                GroupMember(
                    id: member.memberId, instanceID: member.groupInstanceId, clientID: member.clientId, host: member.clientHost, rack: nil,
                    subscription: [],
                    assignment: group.protocolType == "consumer" ? ConsumerAssignment.partitions(in: member.memberAssignment.bytes) : nil)
            }.sorted { $0.id < $1.id }, error: group.errorCode,
            errorMessage: group.errorMessage.map { redaction.words("\($0)", upTo: KafkaClient.longestMessage) })
    }

    init(_ group: ConsumerGroupDescribeResponse.DescribedGroup, coordinator: Int32, _ redaction: Redaction) {
        self.init(
            id: group.groupId, coordinator: coordinator, state: group.groupState, protocolType: "consumer",
            protocolName: group.assignorName,
            type: "consumer",
            members: group.members.map { member in
                GroupMember(
                    id: member.memberId, instanceID: member.instanceId, clientID: member.clientId, host: member.clientHost,
                    rack: member.rackId, subscription: member.subscribedTopicNames,
                    assignment: member.assignment.topicPartitions.flatMap { topic in
                        topic.partitions.map { TopicPartition(topic.topicName, $0) }
                    }.sorted())
            }.sorted { $0.id < $1.id }, error: group.errorCode,
            errorMessage: group.errorMessage.map { redaction.words("\($0)", upTo: KafkaClient.longestMessage) })
    }
}
