import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// KIP-227: a Fetch that goes on with a session names what changed, and is told what changed.
@Suite("Fetch sessions")
struct FetchSessionTests {
    private static func stage() -> BrokerStage {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        var stage = BrokerStage(configuration)
        stage.plant("orders", partitions: 2)
        stage.plant("payments")
        return stage
    }

    private static func request(
        _ partitions: [(topic: ByteString, partition: Int32, offset: Int64)] = [], session: Int32 = 0, epoch: Int32,
        forgetting forgotten: [(topic: ByteString, partition: Int32)] = []
    ) -> FetchRequest {
        var request = FetchRequest()
        (request.sessionId, request.sessionEpoch, request.minBytes) = (session, epoch, 1)
        for (name, partition, offset) in partitions {
            var topic = FetchRequest.FetchTopic()
            topic.topic = name
            topic.partitions = [.init()]
            (topic.partitions[0].partition, topic.partitions[0].fetchOffset) = (partition, offset)
            topic.partitions[0].partitionMaxBytes = 1 << 20
            request.topics.append(topic)
        }
        for (name, partition) in forgotten {
            var topic = FetchRequest.ForgottenTopic()
            (topic.topic, topic.partitions) = (name, [partition])
            request.forgottenTopicsData.append(topic)
        }
        return request
    }

    private static func told(_ response: FetchResponse) -> [String] {
        response.responses.flatMap { topic in topic.partitions.map { "\(topic.topic)-\($0.partitionIndex)" } }
    }

    private static let three: [(topic: ByteString, partition: Int32, offset: Int64)] = [
        ("orders", 0, 0), ("orders", 1, 0), ("payments", 0, 0),
    ]

    @Test("The first answer tells everything, later ones what changed: records, watermarks, starts, errors")
    func incremental() throws {
        var stage = Self.stage()
        func fetch(_ request: FetchRequest) throws -> FetchResponse { try stage.call(FetchHandler.self, request, version: 12) }
        let first = try fetch(Self.request(Self.three, epoch: 0))
        #expect(first.sessionId != 0 && Self.told(first) == ["orders-0", "orders-1", "payments-0"])
        let id = first.sessionId
        let second = try fetch(Self.request(session: id, epoch: 1))
        #expect(second.sessionId == id && !second.errorCode.isError && second.responses.isEmpty)
        stage.fill("orders", 1, timestamps: [1])
        let third = try fetch(Self.request(session: id, epoch: 2))
        #expect(Self.told(third) == ["orders-1"] && third.responses[0].partitions[0].records?.bytes.isEmpty == false)
        // The client goes on behind the record.
        let fourth = try fetch(Self.request([("orders", 1, 1)], session: id, epoch: 3))
        #expect(fourth.responses.isEmpty)
        _ = stage.state.topics["orders"]?.partitions[1].deleteRecords(before: -1)
        #expect(Self.told(try fetch(Self.request(session: id, epoch: 4))) == ["orders-1"], "the log's start moved")
        stage.state.remove(topic: "payments")
        for epoch in Int32(5)...6 {
            let answer = try fetch(Self.request(session: id, epoch: epoch))
            #expect(Self.told(answer) == ["payments-0"], "an error is told until it is over")
            #expect(answer.responses[0].partitions[0].errorCode == .unknownTopicOrPartition)
        }
        #expect(Self.told(try fetch(Self.request(session: id, epoch: 7, forgetting: [("payments", 0)]))) == [])
    }

    @Test("What had records goes behind the others, so that nobody starves")
    func order() throws {
        var stage = Self.stage()
        stage.fill("orders", 0, timestamps: [1])
        stage.fill("payments", 0, timestamps: [1])
        var request = Self.request(Self.three, epoch: 0)
        request.maxBytes = 1
        var response = try stage.call(FetchHandler.self, request, version: 12)
        func withRecords() -> [String] {
            response.responses.flatMap { topic in
                topic.partitions.filter { $0.records?.bytes.isEmpty == false }.map { "\(topic.topic)-\($0.partitionIndex)" }
            }
        }
        #expect(withRecords() == ["orders-0"])
        var next = Self.request(session: response.sessionId, epoch: 1)
        next.maxBytes = 1
        response = try stage.call(FetchHandler.self, next, version: 12)
        #expect(withRecords() == ["payments-0"])
    }

    @Test("An unknown session is error 70, an epoch out of turn 71, names instead of ids 106; none changes the session")
    func refusals() throws {
        var stage = Self.stage()
        func code(_ request: FetchRequest, version: Int16 = 12) throws -> ErrorCode {
            let answer = try stage.call(FetchHandler.self, request, version: version)
            #expect(!answer.errorCode.isError || (answer.sessionId == 0 && answer.responses.isEmpty))
            return answer.errorCode
        }
        let id = try stage.call(FetchHandler.self, Self.request(Self.three, epoch: 0), version: 12).sessionId
        #expect(try code(Self.request(session: id &+ 1, epoch: 1)) == .fetchSessionIdNotFound)
        #expect(try code(Self.request(session: id, epoch: 2)) == .invalidFetchSessionEpoch)
        #expect(try code(Self.request(session: id, epoch: 1), version: 13) == .fetchSessionTopicIdError)
        #expect(try code(Self.request(session: id, epoch: 1)) == .none)
        #expect(try code(Self.request(session: id, epoch: 1)) == .invalidFetchSessionEpoch)
        #expect(try code(Self.request(session: id, epoch: 2)) == .none)
    }

    @Test("A session ends by epoch -1, by a new one, by forgetting its last partition, and with its broker")
    func ends() throws {
        var stage = Self.stage()
        func begin() throws -> Int32 { try stage.call(FetchHandler.self, Self.request(Self.three, epoch: 0), version: 12).sessionId }
        func isGone(_ id: Int32) throws -> Bool {
            try stage.call(FetchHandler.self, Self.request(session: id, epoch: 1), version: 12).errorCode == .fetchSessionIdNotFound
        }
        let closed = try begin()
        let last = try stage.call(FetchHandler.self, Self.request(Self.three, session: closed, epoch: -1), version: 12)
        #expect(last.sessionId == 0 && Self.told(last).count == 3)
        #expect(try isGone(closed))
        let renewed = try begin()
        let newer = try stage.call(FetchHandler.self, Self.request(Self.three, session: renewed, epoch: 0), version: 12).sessionId
        #expect(newer != renewed)
        #expect(try isGone(renewed))
        let forgotten = Self.three.map { (topic: $0.topic, partition: $0.partition) }
        let empty = try stage.call(FetchHandler.self, Self.request(session: newer, epoch: 1, forgetting: forgotten), version: 12)
        #expect(empty.sessionId == 0 && !empty.errorCode.isError)
        #expect(try isGone(newer))
        let restarted = try begin()
        stage.state.setAlive(false, broker: 1)
        stage.state.setAlive(true, broker: 1)
        #expect(try isGone(restarted))
    }

    @Test("A broker keeps a thousand sessions; one that was not used for two minutes makes room, else there is none")
    func room() throws {
        var stage = Self.stage()
        func begin() throws -> Int32 { try stage.call(FetchHandler.self, Self.request(Self.three, epoch: 0), version: 12).sessionId }
        for _ in 0..<FetchSessions.slots { #expect(try begin() != 0) }
        #expect(try begin() == 0)
        stage.uptime += FetchSessions.evictable
        #expect(try begin() != 0)
    }

    @Test("A Fetch that waits is answered within its session; versions before 7 know none")
    func waiting() throws {
        var stage = Self.stage()
        let id = try stage.call(FetchHandler.self, Self.request(Self.three, epoch: 0), version: 12).sessionId
        var request = Self.request(session: id, epoch: 1)
        request.maxWaitMs = 1000
        guard case .later = FetchHandler.answer(request, stage.context(.fetch, 12), &stage.state) else {
            Issue.record("it does not wait")
            return
        }
        stage.fill("payments", 0, timestamps: [1])
        stage.state.recheckFetches()
        let answer = try #require(stage.state.takeCompletions().first?.response as? FetchResponse)
        #expect(answer.sessionId == id && Self.told(answer) == ["payments-0"])
        let old = try stage.call(FetchHandler.self, Self.request(Self.three, epoch: -1), version: 6)
        #expect(old.sessionId == 0 && Self.told(old).count == 3)
    }
}
