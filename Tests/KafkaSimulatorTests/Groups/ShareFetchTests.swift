import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// ShareFetch and ShareAcknowledge as a broker answers them. No recording of either exists; what is expected is KIP-932's, and what
/// Kafka's own source says where that is silent.
@Suite("Reading by share groups")
struct ShareFetchTests {
    private static func stage(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) -> BrokerStage {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        configuration.features = ["share.version": 1]
        change(&configuration)
        var stage = BrokerStage(configuration)
        stage.plant("jobs", partitions: 2)
        stage.plant(Topic.offsetsName, partitions: 5)
        stage.state.configs.groups["crew"] = ["share.auto.offset.reset": "earliest"]
        return stage
    }

    private func id(_ stage: BrokerStage) -> KafkaUUID { stage.state.topics["jobs"]?.id ?? .zero }

    private func request(
        _ stage: BrokerStage, epoch: Int32, member: ByteString? = "a", partitions: [Int32] = [0, 1],
        acks: [Int32: [(Int64, Int64, [Int8])]] = [:]
    ) -> ShareFetchRequest {
        var request = ShareFetchRequest()
        request.groupId = "crew"
        request.memberId = member
        request.shareSessionEpoch = epoch
        request.maxRecords = 500
        request.batchSize = 500
        request.minBytes = 1
        let named = Set(partitions).union(acks.keys).sorted()
        if !named.isEmpty {
            request.topics = [.init()]
            request.topics[0].topicId = id(stage)
            request.topics[0].partitions = named.map { index in
                var partition = ShareFetchRequest.FetchPartition()
                partition.partitionIndex = index
                partition.acknowledgementBatches = (acks[index] ?? []).map {
                    var batch = ShareFetchRequest.AcknowledgementBatch()
                    (batch.firstOffset, batch.lastOffset, batch.acknowledgeTypes) = $0
                    return batch
                }
                return partition
            }
        }
        return request
    }

    private func rows(_ response: ShareFetchResponse) -> [Int32: ShareFetchResponse.PartitionData] {
        Dictionary(uniqueKeysWithValues: response.responses.flatMap(\.partitions).map { ($0.partitionIndex, $0) })
    }

    private func acquired(_ response: ShareFetchResponse, _ partition: Int32 = 0) -> [[Int64]] {
        rows(response)[partition]?.acquiredRecords.map { [$0.firstOffset, $0.lastOffset, Int64($0.deliveryCount)] } ?? []
    }

    @Test("The first answer tells of every partition, later ones of what has records, errors or acknowledgements")
    func session() throws {
        var stage = Self.stage()
        stage.fill("jobs", 0, timestamps: [1, 2, 3])
        let first = try stage.ask(request(stage, epoch: 0))
        #expect(first.errorCode == .none && first.acquisitionLockTimeoutMs == 30_000)
        #expect(acquired(first) == [[0, 2, 1]])
        #expect(rows(first)[0]?.records?.bytes == stage.state.topics["jobs"]?.partitions[0].log.batches[0].bytes)
        #expect(rows(first)[1]?.errorCode == ErrorCode.none && acquired(first, 1) == [])
        let second = try stage.ask(request(stage, epoch: 1, partitions: [], acks: [0: [(0, 2, [1])]]))
        #expect(rows(second).keys.sorted() == [0] && rows(second)[0]?.acknowledgeErrorCode == ErrorCode.none)
        stage.fill("jobs", 1, timestamps: [4])
        let third = try stage.ask(request(stage, epoch: 2, partitions: []))
        #expect(rows(third).keys.sorted() == [1] && acquired(third, 1) == [[0, 0, 1]])
        #expect(try stage.ask(request(stage, epoch: 3, partitions: [])).responses.isEmpty)
    }

    @Test("Epochs: none to go on with, out of turn, acknowledgements before anything was had")
    func epochs() throws {
        var stage = Self.stage()
        #expect(try stage.ask(request(stage, epoch: 1)).errorCode == .shareSessionNotFound)
        #expect(try stage.ask(request(stage, epoch: -1)).errorCode == .shareSessionNotFound)
        #expect(try stage.ask(request(stage, epoch: 0, acks: [0: [(0, 0, [1])]])).errorCode == .invalidRequest)
        _ = try stage.ask(request(stage, epoch: 0))
        #expect(try stage.ask(request(stage, epoch: 2)).errorCode == .invalidShareSessionEpoch)
        #expect(try stage.ask(request(stage, epoch: 1)).errorCode == .none)
        var word = ShareAcknowledgeRequest()
        (word.groupId, word.memberId) = ("crew", "a")
        #expect(try stage.ask(word).errorCode == .invalidShareSessionEpoch)
        word.shareSessionEpoch = 2
        #expect(try stage.ask(word).errorCode == .none)
        #expect(try stage.ask(request(stage, epoch: 2)).errorCode == .invalidShareSessionEpoch)
        #expect(try stage.ask(request(stage, epoch: 3)).errorCode == .none)
        for member in [nil, "", ByteString(String(repeating: "m", count: 37))] as [ByteString?] {
            #expect(try stage.ask(request(stage, epoch: 0, member: member)).errorCode == .invalidRequest)
        }
    }

    @Test("Where there is nothing it waits: until records come, until others give some back, or until its time is up")
    func waiting() throws {
        var stage = Self.stage()
        func fetch(_ epoch: Int32, _ member: ByteString) throws -> CallToken {
            var asked = request(stage, epoch: epoch, member: member, partitions: epoch == 0 ? [0] : [])
            asked.maxWaitMs = 5000
            let context = stage.context(.shareFetch, 1)
            guard case .later = ShareFetchHandler.answer(asked, context, &stage.state) else {
                Issue.record("answered at once")
                return context.token
            }
            return context.token
        }
        func answered() -> [CallToken: ShareFetchResponse] {
            Dictionary(
                uniqueKeysWithValues: stage.state.takeCompletions().map { ($0.token, $0.response as? ShareFetchResponse ?? .init()) })
        }
        let first = try fetch(0, "a")
        stage.fill("jobs", 0, timestamps: [1])
        stage.state.recheckFetches()
        #expect(answered()[first].map { acquired($0) } == [[0, 0, 1]])
        let second = try fetch(0, "b")
        var release = ShareAcknowledgeRequest()
        (release.groupId, release.memberId, release.shareSessionEpoch) = ("crew", "a", 1)
        release.topics = [.init()]
        release.topics[0].topicId = id(stage)
        release.topics[0].partitions = [.init()]
        release.topics[0].partitions[0].acknowledgementBatches = [.init()]
        release.topics[0].partitions[0].acknowledgementBatches[0].acknowledgeTypes = [2]
        #expect(try stage.ask(release).responses[0].partitions[0].errorCode == .none)
        #expect(answered()[second].map { acquired($0) } == [[0, 0, 2]])
        // What `b` holds is free after half a minute; before, `a`'s time is up.
        let third = try fetch(2, "a")
        stage.uptime += .seconds(5)
        stage.state.tick(now: stage.clock, uptime: stage.uptime)
        #expect(answered()[third]?.responses.isEmpty == true)
        stage.uptime += .seconds(24)
        let fourth = try fetch(3, "a")
        stage.uptime += .seconds(1)
        stage.state.tick(now: stage.clock, uptime: stage.uptime)
        #expect(answered()[fourth].map { acquired($0) } == [[0, 0, 3]])
    }

    @Test("The end of a session, by word or with its connection, leaves what was held to the others", arguments: [true, false])
    func ends(byWord: Bool) throws {
        var stage = Self.stage()
        stage.fill("jobs", 0, timestamps: [1, 2])
        #expect(acquired(try stage.ask(request(stage, epoch: 0, partitions: [0]))) == [[0, 1, 1]])
        #expect(acquired(try stage.ask(request(stage, epoch: 0, member: "b", partitions: [0]))) == [])
        let second: ShareFetchResponse
        if byWord {
            #expect(try stage.ask(request(stage, epoch: -1, partitions: [], acks: [0: [(0, 0, [1])]])).errorCode == .none)
            second = try stage.ask(request(stage, epoch: 1, member: "b", partitions: []))
        } else {
            _ = try stage.ask(request(stage, epoch: 1, partitions: [], acks: [0: [(0, 0, [1])]]))
            // Both members are on it.
            stage.state.endShareSessions(on: ConnectionID(number: 1))
            #expect(try stage.ask(request(stage, epoch: 1, member: "b")).errorCode == .shareSessionNotFound)
            second = try stage.ask(request(stage, epoch: 0, member: "b", partitions: [0]))
        }
        #expect(acquired(second) == [[1, 1, 2]])
        #expect(try stage.ask(request(stage, epoch: 2)).errorCode == .shareSessionNotFound)
    }

    @Test(
        "Malformed acknowledgements are 42, ones of what is not held 121, of what was never handed out 3; nothing of a partition's counts")
    func wrongWords() throws {
        var stage = Self.stage()
        stage.fill("jobs", 0, timestamps: [1, 2, 3])
        _ = try stage.ask(request(stage, epoch: 0))
        var epoch: Int32 = 0
        for (batches, code) in [
            ([(2, 1, [1])], ErrorCode.invalidRequest), ([(0, 2, [])], .invalidRequest), ([(0, 2, [1, 1])], .invalidRequest),
            ([(0, 2, [4])], .invalidRequest), ([(1, 2, [1]), (0, 0, [1])], .invalidRequest), ([(0, 7, [1])], .invalidRequest),
        ] as [([(Int64, Int64, [Int8])], ErrorCode)] {
            epoch += 1
            let answer = try stage.ask(request(stage, epoch: epoch, partitions: [], acks: [0: batches]))
            #expect(rows(answer)[0]?.acknowledgeErrorCode == code, "\(batches)")
        }
        _ = try stage.ask(request(stage, epoch: 0, member: "b"))
        let stranger = try stage.ask(request(stage, epoch: 1, member: "b", partitions: [], acks: [0: [(0, 2, [1])]]))
        #expect(rows(stranger)[0]?.acknowledgeErrorCode == .invalidRecordState)
        let none = try stage.ask(request(stage, epoch: epoch + 1, partitions: [], acks: [0: [(0, 2, [1])]]))
        #expect(rows(none)[0]?.acknowledgeErrorCode == ErrorCode.none)
    }

    @Test("The start offset moves, and is told; where nothing says otherwise a group begins at the end", arguments: ["earliest", "latest"])
    func startOffsets(reset: ByteString) throws {
        var stage = Self.stage()
        stage.state.configs.groups["crew"] = ["share.auto.offset.reset": reset]
        stage.fill("jobs", 0, timestamps: [1, 2, 3])
        var beat = ShareGroupHeartbeatRequest()
        (beat.groupId, beat.memberId, beat.subscribedTopicNames) = ("crew", "a", ["jobs"])
        _ = try stage.ask(beat)
        stage.uptime += .seconds(5)
        beat.memberEpoch = 1
        _ = try stage.ask(beat)
        func start() throws -> Int64? {
            var asked = DescribeShareGroupOffsetsRequest()
            asked.groups = [.init()]
            asked.groups[0].groupId = "crew"
            return try stage.ask(asked).groups[0].topics.first?.partitions.first { $0.partitionIndex == 0 }?.startOffset
        }
        #expect(try start() == -1)
        _ = try stage.ask(request(stage, epoch: 0, partitions: [0]))
        #expect(try start() == (reset == "earliest" ? 0 : 3))
        if reset == "earliest" {
            _ = try stage.ask(request(stage, epoch: 1, partitions: [], acks: [0: [(0, 1, [1])]]))
            #expect(try start() == 2)
        }
    }

    @Test("A leader that moved is named, an unknown topic is 100, a topic that may not be read 29, a group 30, switched off 35")
    func refusals() throws {
        var stage = Self.stage { $0.brokerIDs = [1, 2] }
        stage.fill("jobs", 0, timestamps: [1])
        let leader = try #require(stage.state.topics["jobs"]?.partitions[0].leader)
        let other: Int32 = leader == 1 ? 2 : 1
        let moved = try stage.ask(request(stage, epoch: 0, partitions: [0]), on: other)
        #expect(rows(moved)[0]?.errorCode == .notLeaderOrFollower)
        #expect(rows(moved)[0]?.currentLeader.leaderId == leader)
        #expect(moved.nodeEndpoints.map(\.nodeId) == [leader])
        var unknown = request(stage, epoch: 0, partitions: [0])
        unknown.topics[0].topicId = KafkaUUID(high: 9, low: 9)
        #expect(rows(try stage.ask(unknown))[0]?.errorCode == .unknownTopicId)

        var secured = Self.stage { $0.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"]) }
        secured.principal = "User:ann"
        #expect(try secured.ask(request(secured, epoch: 0)).errorCode == .groupAuthorizationFailed)
        secured.state.authorizer?.store.add(AuthorizerTests.rule(.allow, .read, "crew", type: .group, principal: "User:ann"))
        #expect(rows(try secured.ask(request(secured, epoch: 0, partitions: [0])))[0]?.errorCode == .topicAuthorizationFailed)

        var off = Self.stage { $0.features = [:] }
        #expect(try off.ask(request(off, epoch: 0)).errorCode == .unsupportedVersion)
        var word = ShareAcknowledgeRequest()
        (word.groupId, word.memberId) = ("crew", "a")
        #expect(try off.ask(word).errorCode == .unsupportedVersion)
    }

    @Test("Readers of committed records pass over what was aborted")
    func isolation() throws {
        var stage = TransactionStage()
        stage.stage.state.features = stage.stage.state.features.map { feature in
            var feature = feature
            if feature.name == "share.version" { feature.level = 1 }
            return feature
        }
        stage.stage.state.configs.groups["crew"] = ["share.auto.offset.reset": "earliest", "share.isolation.level": "read_committed"]
        let producer = try stage.start()
        #expect(try stage.write(producer) == .none)
        let topic = try #require(stage.stage.state.topics["sales"])
        var asked = ShareFetchRequest()
        (asked.groupId, asked.memberId, asked.maxRecords, asked.batchSize) = ("crew", "a", 500, 500)
        asked.topics = [.init()]
        asked.topics[0].topicId = topic.id
        asked.topics[0].partitions = [.init()]
        let leader = topic.partitions[0].leader
        let pending = try stage.stage.ask(asked, on: leader)
        #expect(pending.responses[0].partitions[0].acquiredRecords.isEmpty, "what is pending is not shown")
        let next = try stage.end(producer, commit: false).next
        #expect(try stage.write(next) == .none)
        _ = try stage.end(next, commit: true)
        asked.shareSessionEpoch = 1
        asked.topics = []
        let row = try #require(try stage.stage.ask(asked, on: leader).responses.first?.partitions.first)
        // Offset 0 was aborted; 1 and 3 are markers, which the client passes over itself.
        #expect(row.acquiredRecords.map { [$0.firstOffset, $0.lastOffset] } == [[1, 3]])
    }
}
