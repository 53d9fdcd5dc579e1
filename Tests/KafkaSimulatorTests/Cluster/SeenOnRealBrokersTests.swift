import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// What surprised somebody on a real Apache Kafka 4.1.1, each asked of the simulator by way of frames.
@Suite("As seen on real brokers")
struct SeenOnRealBrokersTests {
    static func commit(_ group: ByteString, _ positions: [(offset: Int64, metadata: ByteString)], topic: ByteString = "orders")
        -> OffsetCommitRequest
    {
        var request = OffsetCommitRequest()
        request.groupId = group
        request.topics = [.init()]
        request.topics[0].name = topic
        request.topics[0].partitions = positions.enumerated().map { index, position in
            var partition = OffsetCommitRequest.OffsetCommitRequestTopic.OffsetCommitRequestPartition()
            partition.partitionIndex = Int32(index)
            partition.committedOffset = position.offset
            partition.committedMetadata = position.metadata
            return partition
        }
        return request
    }

    static func fetchAll(_ group: ByteString) -> OffsetFetchRequest {
        var request = OffsetFetchRequest()
        request.groups = [.init()]
        request.groups[0].groupId = group
        request.groups[0].topics = nil
        return request
    }

    /// One broker with a topic of `partitions`, and a coordinator for groups.
    static func stage(partitions: Int = 1, _ configuration: SimulatorConfiguration? = nil) -> BrokerStage {
        var single = SimulatorConfiguration()
        single.brokerIDs = [1]
        var stage = BrokerStage(configuration ?? single)
        stage.plant(Topic.offsetsName, partitions: 1)
        stage.plant("orders", partitions: partitions)
        return stage
    }

    static func secured(open: Bool = false) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        configuration.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"], allowsEveryoneWithoutAcl: open)
        return configuration
    }

    @Test("What a caller with cluster DESCRIBE may not see is left out everywhere without an error, but log directories list it")
    func hiddenTopics() throws {
        var stage = Self.stage(Self.secured())
        stage.principal = "User:admin"
        stage.plant("secret-plans")
        for topic in ["orders", "secret-plans"] as [ByteString] { _ = try stage.ask(Self.commit("crew", [(1, "")], topic: topic)) }
        let bob: ByteString = "User:bob"
        for rule in [
            AuthorizerTests.rule(.allow, .describe, "kafka-cluster", type: .cluster, principal: bob),
            AuthorizerTests.rule(.allow, .describe, "*", principal: bob),
            AuthorizerTests.rule(.allow, .describe, "*", type: .group, principal: bob),
            AuthorizerTests.rule(.deny, .describe, "secret-", kind: .prefixed, principal: bob),
        ] { stage.state.authorizer?.store.add(rule) }
        var all = MetadataRequest.all
        all.includeTopicAuthorizedOperations = true
        let metadata = try stage.ask(all, as: bob)
        #expect(metadata.topics.map(\.name) == ["__consumer_offsets", "orders"])
        #expect(metadata.topics.allSatisfy { $0.errorCode == .none && $0.topicAuthorizedOperations == 1 << 8 })
        var pages = DescribeTopicPartitionsRequest()
        pages.responsePartitionLimit = 2000
        #expect(try stage.ask(pages, as: bob).topics.map(\.name) == ["__consumer_offsets", "orders"])
        let positions = try stage.ask(Self.fetchAll("crew"), as: bob, version: 9).groups[0]
        #expect(positions.errorCode == .none && positions.topics.map(\.name) == ["orders"])
        let logs = try stage.ask(DescribeLogDirsRequest(), as: bob)
        #expect(logs.errorCode == .none && logs.results[0].topics.map(\.name).contains("secret-plans"))
        let groups = try stage.ask(ListGroupsRequest(), as: "User:nobody")
        #expect(groups.errorCode == .none && groups.groups.isEmpty)
    }

    @Test("A group that only a commit from outside has made is classic, with an empty protocol type")
    func restoredGroup() throws {
        var stage = Self.stage()
        _ = try stage.ask(Self.commit("crew", [(1, "")]))
        let listed = try #require(try stage.ask(ListGroupsRequest()).groups.first)
        #expect(listed.groupType == "classic" && listed.protocolType == "" && listed.groupState == "Empty")
    }

    @Test("Positions beyond the end and below zero are taken")
    func anyPosition() throws {
        var stage = Self.stage(partitions: 2)
        let answer = try stage.ask(Self.commit("crew", [(12_345, ""), (-5, "")]))
        #expect(answer.topics[0].partitions.map(\.errorCode) == [.none, .none])
        let kept = try stage.ask(Self.fetchAll("crew"), version: 9).groups[0].topics[0].partitions
        #expect(kept.map(\.committedOffset) == [12_345, -5])
    }

    @Test("A live producer makes its topic with one partition before anybody restores it; a live member keeps others' commits out")
    func liveClients() throws {
        var stage = Self.stage()
        var metadata = MetadataRequest()
        metadata.topics = [.init()]
        metadata.topics?[0].name = "lost"
        metadata.allowAutoTopicCreation = true
        _ = try stage.ask(metadata)
        #expect(stage.state.topics["lost"]?.partitions.count == 1)
        var join = JoinGroupRequest()
        join.groupId = "crew"
        join.protocolType = "consumer"
        join.sessionTimeoutMs = 10_000
        join.rebalanceTimeoutMs = 10_000
        join.protocols = [.init()]
        join.protocols[0].name = "range"
        #expect(try stage.ask(join, version: 3).errorCode == .none)
        #expect(try stage.ask(Self.commit("crew", [(1, "")])).topics[0].partitions[0].errorCode == .unknownMemberId)
    }

    @Test("min.insync.replicas comes to every topic from the cluster, which neither a broker may change nor anybody remove")
    func eligibleLeaderReplicas() throws {
        var stage = Self.stage()
        #expect(try ConfigTests.alter(4, "", [("min.insync.replicas", 0, "2")], &stage).code == .none)
        let row = try #require(try ConfigTests.describe(2, "orders", "min.insync.replicas", &stage))
        #expect(row.value == "2" && row.configSource == ConfigSource.clusterDefault.rawValue)
        #expect(try ConfigTests.alter(4, "1", [("min.insync.replicas", 0, "1")], &stage).code == .invalidConfig)
        #expect(try ConfigTests.alter(4, "", [("min.insync.replicas", 1, nil)], &stage).code == .invalidConfig)
    }

    @Test("10,000 changes in an IncrementalAlterConfigs pass, more are 44 for all; 10,001 rules in a CreateAcls pass")
    func largeRequests() throws {
        for (count, code) in [(3500, ErrorCode.policyViolation), (3333, .none)] {
            var stage = Self.stage()
            var request = IncrementalAlterConfigsRequest()
            request.resources = (0..<count).map { index in
                stage.plant(ByteString("t\(index)"))
                var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
                resource.resourceType = 2
                resource.resourceName = ByteString("t\(index)")
                resource.configs = (["retention.ms", "segment.ms", "flush.ms"] as [ByteString]).map { name in
                    var config = IncrementalAlterConfigsRequest.AlterConfigsResource.AlterableConfig()
                    config.name = name
                    config.value = "1000"
                    return config
                }
                return resource
            }
            let answer = try stage.ask(request)
            #expect(answer.responses.count == count && answer.responses.allSatisfy { $0.errorCode == code })
            #expect(stage.state.topics["t0"]?.configs.isEmpty == code.isError)
        }
        var stage = Self.stage(Self.secured())
        var rules = CreateAclsRequest()
        rules.creations = (0..<10_001).map { index in
            var creation = CreateAclsRequest.AclCreation()
            creation.resourceType = 2
            creation.resourceName = ByteString("t\(index)")
            creation.principal = "User:a"
            creation.host = "*"
            creation.operation = 3
            creation.permissionType = 3
            return creation
        }
        #expect(try stage.ask(rules, as: "User:admin").results.allSatisfy { $0.errorCode == .none })
        #expect(stage.state.authorizer?.store.count == 10_001)
    }

    @Test("A commit whose records pass a mebibyte fails as a whole with -1; metadata above 4,096 is 12 for its partition alone")
    func largeCommits() throws {
        var stage = Self.stage(partitions: 9000)
        let word = ByteString(String(repeating: "m", count: 100))
        let large = try stage.ask(Self.commit("crew", Array(repeating: (1, word), count: 9000)))
        #expect(large.topics[0].partitions.allSatisfy { $0.errorCode == .unknownServerError })
        let small = try stage.ask(Self.commit("crew", Array(repeating: (1, ""), count: 9000)))
        #expect(small.topics[0].partitions.allSatisfy { $0.errorCode == .none })
        let long = ByteString(String(repeating: "m", count: 4097))
        #expect(
            try stage.ask(Self.commit("crew", [(1, long), (1, "")])).topics[0].partitions.map(\.errorCode) == [
                .offsetMetadataTooLarge, .none,
            ])
    }

    @Test("A created topic is not in Metadata at once, and yet cannot be created again")
    func lateVisibility() throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        configuration.topicVisibilityDelay = .seconds(22)
        var stage = BrokerStage(configuration)
        #expect(try stage.ask(QuotaTests.creation(1, partitions: 1)).topics[0].errorCode == .none)
        #expect(try stage.ask(MetadataRequest.all).topics.isEmpty)
        #expect(try stage.ask(QuotaTests.creation(1, partitions: 1)).topics[0].errorCode == .topicAlreadyExists)
        stage.uptime += .seconds(22)
        #expect(try stage.ask(MetadataRequest.all).topics.count == 1)
    }

    @Test("Metadata of a commit that is not UTF-8 comes back as replacement characters; a NUL stays")
    func metadataBytes() throws {
        var stage = Self.stage(partitions: 2)
        _ = try stage.ask(Self.commit("crew", [(1, ByteString(bytes: [0xFF, 0xFE])), (1, ByteString(bytes: [0x61, 0x00]))]))
        let kept = try stage.ask(Self.fetchAll("crew"), version: 9).groups[0].topics[0].partitions
        #expect(kept.map { $0.metadata?.bytes } == [[0xEF, 0xBF, 0xBD, 0xEF, 0xBF, 0xBD], [0x61, 0x00]])
    }

    @Test("The first look for a coordinator makes the offsets topic; a list of groups does not")
    func offsetsTopic() throws {
        var stage = BrokerStage()
        _ = try stage.ask(ListGroupsRequest())
        #expect(stage.state.topics.isEmpty)
        var request = FindCoordinatorRequest()
        request.coordinatorKeys = ["crew"]
        #expect(try stage.ask(request).coordinators[0].errorCode == .coordinatorNotAvailable)
        #expect(stage.state.topics[Topic.offsetsName]?.partitions.count == 50)
    }

    @Test("Configs: threads at most double, an absent broker, unknown keys, stale throttles, tiered storage")
    func configs() throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        configuration.brokerProperties = ["num.io.threads": "4"]
        var stage = Self.stage(configuration)
        func code(_ type: Int8, _ of: ByteString, _ name: ByteString, _ value: ByteString) throws -> Int16 {
            try ConfigTests.alter(type, of, [(name, 0, value)], &stage).code.rawValue
        }
        #expect(try code(4, "1", "num.io.threads", "32") == 42)
        #expect(try code(4, "1", "num.io.threads", "8") == 0)
        #expect(try code(4, "77", "num.io.threads", "8") == 42)
        #expect(try code(4, "1", "no.such.key", "8") == 0)
        #expect(try ConfigTests.describe(4, "1", "no.such.key", &stage) == nil)
        #expect(try code(2, "orders", "leader.replication.throttled.replicas", "0:99,7:98") == 0)
        #expect(try code(2, "orders", "remote.storage.enable", "true") == 40)
    }

    /// Asked of a real Apache Kafka 4.1.2.
    @Test("The rates that replication is throttled to are shown where they are set, and only there")
    func throttledRates() throws {
        var stage = Self.stage()
        let (leader, follower, moves): (ByteString, ByteString, ByteString) = (
            "leader.replication.throttled.rate", "follower.replication.throttled.rate", "replica.alter.log.dirs.io.max.bytes.per.second"
        )
        for name in [leader, follower, moves] { #expect(try ConfigTests.describe(4, "1", name, &stage) == nil) }
        func alter(_ of: ByteString, _ name: ByteString, _ value: ByteString) throws -> (code: ErrorCode, message: ByteString?) {
            let answer = try ConfigTests.alter(4, of, [(name, 0, value)], &stage)
            return (answer.code, answer.message)
        }
        let word = try alter("1", leader, "x")
        #expect(word.code == .invalidRequest)
        #expect(word.message == "Invalid value x for configuration leader.replication.throttled.rate: Not a number of type LONG")
        let negative = try alter("1", follower, "-1")
        #expect(negative.code == .invalidRequest)
        #expect(negative.message == "Invalid value -1 for configuration follower.replication.throttled.rate: Value must be at least 0")
        #expect(try alter("1", leader, "1000000").code == .none && alter("", follower, "7000").code == .none)
        let own = try #require(try ConfigTests.describe(4, "1", leader, &stage))
        #expect(own.value == "1000000" && own.configSource == 2 && own.configType == 5 && !own.isSensitive && !own.readOnly)
        #expect(own.synonyms.map(\.source) == [2])
        #expect(try ConfigTests.describe(4, "1", follower, &stage)?.configSource == 3)
        #expect(try ConfigTests.describe(4, "", follower, &stage)?.value == "7000")
        #expect(try ConfigTests.describe(4, "1", moves, &stage) == nil)
    }

    @Test("With a default controller_mutation_rate of 1, 48 of 50 topics of ten partitions answer 89")
    func mutationRate() throws {
        var stage = Self.stage()
        stage.state.quotas.set(.controllerMutationRate, 1, of: QuotaEntity([.user: nil]))
        let codes = try stage.ask(QuotaTests.creation(50, partitions: 10)).topics.map(\.errorCode)
        #expect(codes.count { $0 == .throttlingQuotaExceeded } == 48 && codes.count { $0 == .none } == 2)
    }

    @Test("Where everyone may in the absence of rules, one rule for somebody else on the cluster locks the caller out at once")
    func lockedOut() throws {
        var stage = Self.stage(Self.secured(open: true))
        var creation = CreateAclsRequest()
        creation.creations = [.init()]
        creation.creations[0].resourceType = 4
        creation.creations[0].resourceName = "kafka-cluster"
        creation.creations[0].principal = "User:somebody"
        creation.creations[0].host = "*"
        creation.creations[0].operation = 7
        creation.creations[0].permissionType = 3
        #expect(try stage.ask(creation, as: "User:me").results[0].errorCode == .none)
        #expect(try stage.ask(creation, as: "User:me").results[0].errorCode == .clusterAuthorizationFailed)
        var deletion = DeleteAclsRequest()
        deletion.filters = [.init()]
        deletion.filters[0].resourceTypeFilter = 1
        deletion.filters[0].patternTypeFilter = 1
        deletion.filters[0].operation = 1
        deletion.filters[0].permissionType = 1
        #expect(try stage.ask(deletion, as: "User:me").filterResults[0].errorCode == .clusterAuthorizationFailed)
        stage.principal = "User:admin"
        for name in ["super.users", "allow.everyone.if.no.acl.found"] as [ByteString] {
            let row = try #require(try ConfigTests.describe(4, "1", name, &stage))
            #expect(row.isSensitive && row.value == nil)
        }
    }

    @Test("One partition asked for twice in a ListOffsets is 42")
    func twiceInListOffsets() throws {
        var stage = Self.stage()
        var request = ListOffsetsRequest()
        request.topics = [.init()]
        request.topics[0].name = "orders"
        request.topics[0].partitions = ([-1, -2] as [Int64]).map { stamp in
            var partition = ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition()
            partition.timestamp = stamp
            return partition
        }
        #expect(try stage.ask(request).topics[0].partitions.allSatisfy { $0.errorCode == .invalidRequest })
    }

    @Test("DescribeTopicPartitions gives 2,000 partitions an answer, however many are asked for")
    func pages() throws {
        var stage = BrokerStage()
        stage.plant("wide", partitions: 2101)
        var request = DescribeTopicPartitionsRequest()
        request.responsePartitionLimit = 5000
        let first = try stage.ask(request)
        #expect(first.topics[0].partitions.count == 2000)
        request.cursor = .init()
        request.cursor?.topicName = try #require(first.nextCursor).topicName
        request.cursor?.partitionIndex = try #require(first.nextCursor).partitionIndex
        let rest = try stage.ask(request)
        #expect(rest.topics[0].partitions.count == 101 && rest.nextCursor == nil)
    }

    @Test("DescribeConfigs of 2,101 topics is one answer of megabytes")
    func manyConfigs() throws {
        var stage = BrokerStage()
        for index in 0..<2101 { stage.plant(ByteString("wide-\(index)"), factor: 1) }
        var request = DescribeConfigsRequest()
        request.resources = (0..<2101).map { index in
            var resource = DescribeConfigsRequest.DescribeConfigsResource()
            resource.resourceType = 2
            resource.resourceName = ByteString("wide-\(index)")
            return resource
        }
        let answer = try stage.ask(request)
        #expect(answer.results.count == 2101 && answer.results.allSatisfy { $0.errorCode == .none && !$0.configs.isEmpty })
        let size = try Frame.encodeResponse(answer, to: DescribeConfigsRequest.self, version: 4, correlationID: 1).count
        #expect(size > 2_000_000)
    }

    @Test(
        "Names that a shell, a terminal or a browser would take amiss are taken and come back",
        arguments: ["$(touch x)\n\"'", "\u{1B}[2J", "<script>"])
    func oddNames(name: String) throws {
        let name = ByteString(name)
        var stage = Self.stage(Self.secured())
        stage.principal = "User:admin"
        _ = try stage.ask(Self.commit(name, [(1, "")]))
        #expect(try stage.ask(ListGroupsRequest()).groups.map(\.groupId) == [name])
        var quotas = AlterClientQuotasRequest()
        quotas.entries = [.init()]
        quotas.entries[0].entity = [.init()]
        quotas.entries[0].entity[0].entityType = "user"
        quotas.entries[0].entity[0].entityName = name
        quotas.entries[0].ops = [.init()]
        quotas.entries[0].ops[0].key = "producer_byte_rate"
        quotas.entries[0].ops[0].value = 1
        #expect(try stage.ask(quotas).entries[0].errorCode == .none)
        #expect(try stage.ask(DescribeClientQuotasRequest()).entries?.first?.entity.first?.entityName == name)
        var rules = CreateAclsRequest()
        rules.creations = [.init()]
        rules.creations[0].resourceType = 2
        rules.creations[0].resourceName = "t"
        rules.creations[0].principal = "User:" + name
        rules.creations[0].host = "*"
        rules.creations[0].operation = 3
        rules.creations[0].permissionType = 3
        #expect(try stage.ask(rules).results[0].errorCode == .none)
        #expect(try stage.ask(SecuredClusterTests.everyRule).resources[0].acls[0].principal == "User:" + name)
    }
}
