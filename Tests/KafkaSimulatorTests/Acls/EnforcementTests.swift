import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// What a caller without a right sees of each call: silence where all was asked for, an error where a name was.
@Suite("Rights, call by call")
struct EnforcementTests {
    static let mallory: ByteString = "User:mallory"

    /// Two topics and two groups; mallory may describe those called `open`.
    static func stage(_ more: [AclBinding] = []) throws -> BrokerStage {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        configuration.authorizer = SimulatedAuthorizer(superUsers: ["User:ANONYMOUS"])
        var stage = BrokerStage(configuration)
        stage.plant(Topic.offsetsName, partitions: 4)
        for name in ["open", "shut"] as [ByteString] {
            stage.plant(name, partitions: 2)
            stage.fill(name, timestamps: [1, 2])
            _ = try stage.ask(commit(name, of: [name]))
        }
        _ = try stage.ask(commit("open", of: ["shut"]))
        for type in [AclResourceType.topic, .group] {
            stage.state.authorizer?.store.add(AuthorizerTests.rule(.allow, .describe, "open", type: type, principal: mallory))
        }
        for rule in more { stage.state.authorizer?.store.add(rule) }
        return stage
    }

    static func rule(_ operation: AclOperation, _ type: AclResourceType, _ name: ByteString) -> AclBinding {
        AuthorizerTests.rule(.allow, operation, name, type: type, principal: mallory)
    }

    static func commit(_ group: ByteString, of topics: [ByteString]) -> OffsetCommitRequest {
        var request = OffsetCommitRequest()
        request.groupId = group
        request.topics = topics.map { name in
            var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
            topic.name = name
            topic.partitions = [.init()]
            topic.partitions[0].committedOffset = 1
            return topic
        }
        return request
    }

    @Test("Metadata: of all topics the hidden ones are left out; by name they are 29, and a missing one is too")
    func metadata() throws {
        var stage = try Self.stage()
        var all = MetadataRequest.all
        all.includeTopicAuthorizedOperations = true
        let seen = try stage.ask(all, as: Self.mallory).topics
        #expect(seen.map(\.name) == ["open"])
        #expect(seen[0].topicAuthorizedOperations == 1 << 8)
        var named = MetadataRequest()
        named.topics = (["shut", "absent", "open"] as [ByteString]).map { name in
            var topic = MetadataRequest.MetadataRequestTopic()
            topic.name = name
            return topic
        }
        let rows = try stage.ask(named, as: Self.mallory).topics
        #expect(rows.map(\.name) == ["open", "shut", "absent"])
        #expect(rows.map(\.errorCode) == [.none, .topicAuthorizationFailed, .topicAuthorizationFailed])
        #expect(rows[1].topicId == .zero && rows[1].partitions.isEmpty)
        #expect(stage.state.topics["absent"] == nil)
        let id = try #require(stage.state.topics["shut"]?.id)
        named.topics = [.init()]
        named.topics?[0].topicId = id
        let byID = try stage.ask(named, as: Self.mallory).topics
        #expect(byID.map(\.errorCode) == [.topicAuthorizationFailed] && byID[0].name == nil && byID[0].topicId == id)
    }

    @Test("Metadata makes a missing topic only for who may create it")
    func automaticCreation() throws {
        for (rule, made) in [
            (nil, false), (Self.rule(.create, .topic, "new"), true), (Self.rule(.create, .cluster, "kafka-cluster"), true),
        ] {
            var stage = try Self.stage([Self.rule(.describe, .topic, "new")] + (rule.map { [$0] } ?? []))
            var request = MetadataRequest()
            request.topics = [.init()]
            request.topics?[0].name = "new"
            request.allowAutoTopicCreation = true
            let row = try stage.ask(request, as: Self.mallory).topics[0]
            #expect(row.errorCode == (made ? .unknownTopicOrPartition : .topicAuthorizationFailed))
            #expect((stage.state.topics["new"] != nil) == made)
        }
    }

    @Test("DescribeTopicPartitions: as Metadata, and refused names come last")
    func topicPartitions() throws {
        var stage = try Self.stage()
        var request = DescribeTopicPartitionsRequest()
        request.responsePartitionLimit = 100
        #expect(try stage.ask(request, as: Self.mallory).topics.map(\.name) == ["open"])
        request.topics = (["shut", "open"] as [ByteString]).map { name in
            var topic = DescribeTopicPartitionsRequest.TopicRequest()
            topic.name = name
            return topic
        }
        let rows = try stage.ask(request, as: Self.mallory).topics
        #expect(rows.map(\.name) == ["open", "shut"])
        #expect(rows.map(\.errorCode) == [.none, .topicAuthorizationFailed])
    }

    @Test("OffsetFetch: of all positions the hidden topics' are left out without an error; by name they are 29, and a group is 30")
    func positions() throws {
        var stage = try Self.stage()
        func fetch(_ group: ByteString, _ topics: [ByteString]?) throws -> OffsetFetchResponse.OffsetFetchResponseGroup {
            var request = OffsetFetchRequest()
            request.groups = [.init()]
            request.groups[0].groupId = group
            request.groups[0].topics = topics?.map { name in
                var topic = OffsetFetchRequest.OffsetFetchRequestGroup.OffsetFetchRequestTopics()
                topic.name = name
                topic.partitionIndexes = [0]
                return topic
            }
            return try stage.ask(request, as: Self.mallory, version: 9).groups[0]
        }
        let all = try fetch("open", nil)
        #expect(all.errorCode == .none && all.topics.map(\.name) == ["open"])
        let named = try fetch("open", ["shut", "open"])
        #expect(named.topics.map(\.name) == ["open", "shut"])
        #expect(named.topics.map { $0.partitions[0].errorCode } == [.none, .topicAuthorizationFailed])
        #expect(named.topics.map { $0.partitions[0].committedOffset } == [1, -1])
        let shut = try fetch("shut", nil)
        #expect(shut.errorCode == .groupAuthorizationFailed && shut.topics.isEmpty)
    }

    @Test("ListGroups: who may not describe the cluster sees the groups that it may describe, others nothing, all error 0")
    func listGroups() throws {
        func listed(_ principal: ByteString, _ more: [AclBinding] = []) throws -> [ByteString] {
            var stage = try Self.stage(more)
            let answer = try stage.ask(ListGroupsRequest(), as: principal)
            #expect(answer.errorCode == .none)
            return answer.groups.map(\.groupId)
        }
        #expect(try listed(Self.mallory) == ["open"])
        #expect(try listed(Self.mallory, [Self.rule(.describe, .cluster, "kafka-cluster")]) == ["open", "shut"])
        #expect(try listed("User:nobody") == [])
    }

    @Test("Commits: the group first (30 for all), then each topic (29)")
    func commits() throws {
        var stage = try Self.stage()
        func codes() throws -> [ErrorCode] {
            try stage.ask(Self.commit("open", of: ["open", "shut"]), as: Self.mallory).topics.sorted { $0.name < $1.name }.map {
                $0.partitions[0].errorCode
            }
        }
        #expect(try codes() == [.groupAuthorizationFailed, .groupAuthorizationFailed])
        stage.state.authorizer?.store.add(Self.rule(.read, .group, "open"))
        #expect(try codes() == [.topicAuthorizationFailed, .topicAuthorizationFailed])
        stage.state.authorizer?.store.add(Self.rule(.read, .topic, "open"))
        #expect(try codes() == [.none, .topicAuthorizationFailed])
    }

    @Test("Configs: topics and groups by their own right, brokers and metrics by the cluster's")
    func configs() throws {
        var stage = try Self.stage([Self.rule(.alterConfigs, .topic, "open")])
        var request = DescribeConfigsRequest()
        let asked: [(Int8, ByteString)] = [(2, "open"), (2, "shut"), (2, "absent"), (4, "1"), (8, "1"), (16, "m"), (32, "g")]
        request.resources = asked.map { type, name in
            var resource = DescribeConfigsRequest.DescribeConfigsResource()
            resource.resourceType = type
            resource.resourceName = name
            return resource
        }
        let described = try stage.ask(request, as: Self.mallory).results
        #expect(described.map(\.errorCode.rawValue) == [0, 29, 29, 31, 31, 31, 30])
        #expect(described.dropFirst().allSatisfy { $0.configs.isEmpty })
        var change = IncrementalAlterConfigsRequest()
        change.resources = asked.map { type, name in
            var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
            resource.resourceType = type
            resource.resourceName = name
            return resource
        }
        let altered = try stage.ask(change, as: Self.mallory).responses
        #expect(altered.map(\.errorCode.rawValue) == [0, 29, 29, 31, 31, 31, 30])
        #expect(altered[1].errorMessage == "Topic authorization failed.")
    }

    @Test("CreateTopics: by the cluster's right or the topic's; who may not describe configs is not shown them")
    func createTopics() throws {
        var stage = try Self.stage([
            Self.rule(.create, .topic, "mine"), Self.rule(.create, .topic, "seen"), Self.rule(.describeConfigs, .topic, "seen"),
        ])
        var request = CreateTopicsRequest()
        request.topics = (["mine", "seen", "other"] as [ByteString]).map { name in
            var topic = CreateTopicsRequest.CreatableTopic()
            topic.name = name
            topic.numPartitions = 1
            topic.replicationFactor = 1
            return topic
        }
        let rows = try stage.ask(request, as: Self.mallory).topics
        #expect(rows.map(\.errorCode) == [.none, .none, .topicAuthorizationFailed])
        #expect(rows.map(\.topicConfigErrorCode) == [.topicAuthorizationFailed, .none, .none])
        #expect(rows.map(\.numPartitions) == [-1, 1, -1])
        #expect(rows[0].configs?.isEmpty ?? true)
        #expect(rows[1].configs?.isEmpty == false)
        #expect(stage.state.topics["other"] == nil)
    }

    @Test("Changes of topics: ALTER for partitions, DELETE for records and topics; what may be described is said to be missing")
    func changesOfTopics() throws {
        var stage = try Self.stage([Self.rule(.describe, .topic, "absent")])
        var partitions = CreatePartitionsRequest()
        partitions.topics = [.init()]
        partitions.topics[0].name = "open"
        partitions.topics[0].count = 5
        #expect(try stage.ask(partitions, as: Self.mallory).results[0].errorCode == .topicAuthorizationFailed)
        var records = DeleteRecordsRequest()
        records.topics = [.init()]
        records.topics[0].name = "open"
        records.topics[0].partitions = [.init()]
        #expect(try stage.ask(records, as: Self.mallory).topics[0].partitions[0].errorCode == .topicAuthorizationFailed)
        var deletion = DeleteTopicsRequest()
        deletion.topics = (["open", "shut", "absent", "hidden"] as [ByteString]).map { name in
            var topic = DeleteTopicsRequest.DeleteTopicState()
            topic.name = name
            return topic
        }
        #expect(try stage.ask(deletion, as: Self.mallory).responses.map(\.errorCode.rawValue) == [29, 29, 3, 29])
        #expect(stage.state.topics["open"]?.partitions.count == 2)
        stage.state.authorizer?.store.add(Self.rule(.delete, .topic, "open"))
        stage.state.authorizer?.store.add(Self.rule(.alter, .topic, "open"))
        #expect(try stage.ask(partitions, as: Self.mallory).results[0].errorCode == .none)
        #expect(try stage.ask(deletion, as: Self.mallory).responses.map(\.errorCode.rawValue) == [0, 29, 3, 29])
    }

    @Test("Records: WRITE to produce, READ to fetch, DESCRIBE for offsets and epochs")
    func records() throws {
        var stage = try Self.stage()
        var produce = ProduceRequest()
        produce.acks = -1
        produce.topicData = [.init()]
        produce.topicData[0].name = "open"
        produce.topicData[0].partitionData = [.init()]
        produce.topicData[0].partitionData[0].records = Blob(RecordBatch([Record(timestamp: 1, key: [1], value: [2])]).bytes)
        func produced() throws -> ErrorCode {
            try stage.ask(produce, as: Self.mallory, version: 9).responses[0].partitionResponses[0].errorCode
        }
        #expect(try produced() == .topicAuthorizationFailed)
        #expect(stage.state.topics["open"]?.partitions[0].log.endOffset == 2)
        var fetch = FetchRequest()
        fetch.maxBytes = 1 << 20
        fetch.maxWaitMs = 0
        fetch.topics = [.init()]
        fetch.topics[0].topic = "open"
        fetch.topics[0].partitions = [.init()]
        fetch.topics[0].partitions[0].partitionMaxBytes = 1 << 20
        func fetched() throws -> FetchHandler.PartitionData {
            try stage.ask(fetch, as: Self.mallory, version: 12).responses[0].partitions[0]
        }
        #expect(try fetched().errorCode == .topicAuthorizationFailed)
        var offsets = ListOffsetsRequest()
        offsets.topics = (["open", "shut"] as [ByteString]).map { name in
            var topic = ListOffsetsRequest.ListOffsetsTopic()
            topic.name = name
            topic.partitions = [.init()]
            topic.partitions[0].timestamp = -1
            return topic
        }
        let ends = try stage.ask(offsets, as: Self.mallory).topics.map { $0.partitions[0] }
        #expect(ends.map(\.errorCode) == [.none, .topicAuthorizationFailed])
        #expect(ends.map(\.offset) == [2, -1])
        stage.state.authorizer?.store.add(Self.rule(.all, .topic, "open"))
        #expect(try produced() == .none)
        let read = try fetched()
        #expect(read.errorCode == .none && read.highWatermark == 3)
    }

    @Test("A call that asks a right on the cluster is refused as a whole, and does nothing", arguments: ClusterRights.needed.keys.sorted())
    func clusterCalls(api: APIKey) throws {
        guard let handler = Calls.byKey[api] else { return }
        func refused<Handler: CallHandler>(_: Handler.Type) throws -> Handler.Request.Response {
            var stage = try Self.stage()
            return try stage.ask(Handler.Request(), as: Self.mallory)
        }
        let answer = try refused(handler)
        var codes = CodeReader(version: handler.versions.upperBound)
        var copy = answer
        try copy.visit(&codes)
        // Where there is no code at the top, an empty request has nothing to be refused.
        #expect(codes.found == .clusterAuthorizationFailed || codes.found == nil, "\(api): \(answer)")
    }

    @Test("Rules, quotas and SCRAM users are refused one by one, and nothing is done")
    func refusedOneByOne() throws {
        var stage = try Self.stage()
        var acls = CreateAclsRequest()
        acls.creations = [.init(), .init()]
        #expect(try stage.ask(acls, as: Self.mallory).results.map(\.errorCode) == Array(repeating: .clusterAuthorizationFailed, count: 2))
        var deletions = DeleteAclsRequest()
        deletions.filters = [.init()]
        deletions.filters[0].resourceTypeFilter = 1
        deletions.filters[0].patternTypeFilter = 1
        deletions.filters[0].operation = 1
        deletions.filters[0].permissionType = 1
        let refused = try stage.ask(deletions, as: Self.mallory).filterResults
        #expect(refused.map(\.errorCode) == [.clusterAuthorizationFailed] && refused[0].matchingAcls.isEmpty)
        #expect(stage.state.authorizer?.store.count == 2)
        var quotas = AlterClientQuotasRequest()
        quotas.entries = [.init()]
        quotas.entries[0].entity = [.init()]
        quotas.entries[0].entity[0].entityType = "user"
        #expect(try stage.ask(quotas, as: Self.mallory).entries.map(\.errorCode) == [.clusterAuthorizationFailed])
        var users = AlterUserScramCredentialsRequest()
        users.deletions = [.init()]
        users.deletions[0].name = "u"
        #expect(try stage.ask(users, as: Self.mallory).results.map(\.errorCode) == [.clusterAuthorizationFailed])
    }

    @Test("Groups: READ for members, DESCRIBE to look, DELETE to delete; logs and producers by rights of their own")
    func others() throws {
        var stage = try Self.stage()
        var heartbeat = HeartbeatRequest()
        heartbeat.groupId = "open"
        #expect(try stage.ask(heartbeat, as: Self.mallory).errorCode == .groupAuthorizationFailed)
        var join = JoinGroupRequest()
        join.groupId = "open"
        let joined = try stage.ask(join, as: Self.mallory)
        #expect(joined.errorCode == .groupAuthorizationFailed && joined.members.isEmpty)
        var describe = DescribeGroupsRequest()
        describe.groups = ["open", "shut"]
        describe.includeAuthorizedOperations = true
        let groups = try stage.ask(describe, as: Self.mallory).groups
        #expect(groups.map(\.errorCode) == [.none, .groupAuthorizationFailed])
        #expect(groups[0].authorizedOperations == 1 << 8)
        var deletion = DeleteGroupsRequest()
        deletion.groupsNames = ["open"]
        #expect(try stage.ask(deletion, as: Self.mallory).results[0].errorCode == .groupAuthorizationFailed)
        var coordinator = FindCoordinatorRequest()
        coordinator.coordinatorKeys = ["open", "shut"]
        #expect(try stage.ask(coordinator, as: Self.mallory).coordinators.map(\.errorCode) == [.none, .groupAuthorizationFailed])
        let logs = try stage.ask(DescribeLogDirsRequest(), as: Self.mallory)
        #expect(logs.errorCode == .clusterAuthorizationFailed && logs.results.isEmpty)
        #expect(try stage.ask(InitProducerIdRequest(), as: Self.mallory).errorCode == .clusterAuthorizationFailed)
        stage.state.authorizer?.store.add(Self.rule(.write, .topic, "open"))
        #expect(try stage.ask(InitProducerIdRequest(), as: Self.mallory).errorCode == .none)
        var cluster = DescribeClusterRequest()
        cluster.includeClusterAuthorizedOperations = true
        #expect(try stage.ask(cluster, as: Self.mallory).clusterAuthorizedOperations == 0)
        #expect(try stage.ask(cluster).clusterAuthorizedOperations == 8096)
    }

    @Test("Transactions: WRITE on the id (53), READ on the group (30) and topics (29); ids that may not be described are not listed")
    func transactions() throws {
        var stage = try Self.stage()
        stage.plant(Topic.transactionsName, partitions: 1)
        var initialize = InitProducerIdRequest()
        initialize.transactionalId = "tx"
        initialize.transactionTimeoutMs = 60_000
        #expect(try stage.ask(initialize, as: Self.mallory).errorCode == .transactionalIdAuthorizationFailed)
        let producer = try stage.ask(initialize)
        #expect(producer.errorCode == .none)
        var offsets = AddOffsetsToTxnRequest()
        offsets.transactionalId = "tx"
        offsets.groupId = "open"
        offsets.producerId = producer.producerId
        offsets.producerEpoch = producer.producerEpoch
        var partitions = AddPartitionsToTxnRequest()
        partitions.v3AndBelowTransactionalId = "tx"
        partitions.v3AndBelowProducerId = producer.producerId
        partitions.v3AndBelowProducerEpoch = producer.producerEpoch
        partitions.v3AndBelowTopics = [.init()]
        partitions.v3AndBelowTopics[0].name = "open"
        partitions.v3AndBelowTopics[0].partitions = [0]
        func added() throws -> ErrorCode {
            try stage.ask(partitions, as: Self.mallory, version: 3).resultsByTopicV3AndBelow[0].resultsByPartition[0].partitionErrorCode
        }
        var describe = DescribeTransactionsRequest()
        describe.transactionalIds = ["tx"]
        func listed() throws -> Int { try stage.ask(ListTransactionsRequest(), as: Self.mallory).transactionStates.count }
        #expect(try stage.ask(EndTxnRequest(), as: Self.mallory).errorCode == .transactionalIdAuthorizationFailed)
        #expect(try stage.ask(offsets, as: Self.mallory).errorCode == .transactionalIdAuthorizationFailed)
        #expect(try added() == .transactionalIdAuthorizationFailed)
        #expect(try stage.ask(describe, as: Self.mallory).transactionStates[0].errorCode == .transactionalIdAuthorizationFailed)
        #expect(try listed() == 0)
        stage.state.authorizer?.store.add(Self.rule(.write, .transactionalID, "tx"))
        #expect(try stage.ask(offsets, as: Self.mallory).errorCode == .groupAuthorizationFailed)
        #expect(try added() == .topicAuthorizationFailed)
        #expect(try stage.ask(describe, as: Self.mallory).transactionStates[0].errorCode == .none)
        #expect(try listed() == 1)
        stage.state.authorizer?.store.add(Self.rule(.write, .topic, "open"))
        #expect(try added() == .none)
        // What brokers ask of each other is not for users.
        #expect(try stage.ask(AddPartitionsToTxnRequest(), as: Self.mallory).errorCode == .clusterAuthorizationFailed)
    }
}

/// The error code at the top of an answer; nil where it has none.
private struct CodeReader: FieldVisitor {
    let version: Int16
    var found: ErrorCode?

    init(version: Int16) { self.version = version }

    mutating func field<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError) {
        if let code = value as? ErrorCode, presence.versions.contains(version) { found = code }
    }

    mutating func tagged<Value: WireValue>(
        _ tag: UInt32, _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError) {}
}
