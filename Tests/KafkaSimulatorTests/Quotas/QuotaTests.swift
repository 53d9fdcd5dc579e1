import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Quotas")
struct QuotaTests {
    static func stage(_ quotas: [(QuotaEntity, QuotaKey, Double)]) -> BrokerStage {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        var stage = BrokerStage(configuration)
        for (entity, key, value) in quotas { stage.state.quotas.set(key, value, of: entity) }
        return stage
    }

    static let everybody = QuotaEntity([.user: nil])

    @Test("The closest of the eight levels counts, and who stands under one name shares it")
    func levels() {
        let user: ByteString = "u"
        let client: ByteString = "c"
        let levels: [([QuotaEntity.Kind: ByteString?], [ByteString?])] = [
            ([.user: user, .clientID: client], [user, client]), ([.user: user, .clientID: nil], [user, client]),
            ([.user: user], [user, nil]), ([.user: nil, .clientID: client], [user, client]),
            ([.user: nil, .clientID: nil], [user, client]), ([.user: nil], [user, nil]), ([.clientID: client], [nil, client]),
            ([.clientID: nil], [nil, client]),
        ]
        var store = QuotaStore()
        for (index, level) in levels.enumerated().reversed() {
            store.set(.requestPercentage, Double(index + 1), of: QuotaEntity(level.0))
            let limit = store.limit(.requestPercentage, user: user, clientID: client)
            #expect(limit?.rate == Double(index + 1) && limit?.sharers == level.1)
            #expect(store.limit(.producerByteRate, user: user, clientID: client) == nil)
        }
        #expect(store.limit(.requestPercentage, user: "other", clientID: "none")?.rate == 5)
    }

    static func produce(_ size: Int) -> ProduceRequest {
        var produce = ProduceRequest()
        produce.acks = -1
        produce.topicData = [.init()]
        produce.topicData[0].name = "t"
        produce.topicData[0].partitionData = [.init()]
        let record = Record(timestamp: 1_795_453_268_000, key: [1], value: [UInt8](repeating: 7, count: size))
        produce.topicData[0].partitionData[0].records = Blob(RecordBatch([record]).bytes)
        return produce
    }

    @Test("Producers: more than ten seconds' worth at once, and the connection is still until the rate is right again")
    func producers() throws {
        var stage = Self.stage([(Self.everybody, .producerByteRate, 1000)])
        stage.plant("t")
        let small = try stage.ask(Self.produce(2000), version: 9)
        #expect(small.throttleTimeMs == 0)
        let request = Self.produce(20_000)
        let before = try Frame.encode(Self.produce(2000), version: 9, correlationID: 1, clientID: ByteString("client")).count
        let size = try Frame.encode(request, version: 9, correlationID: 1, clientID: ByteString("client")).count
        let large = try stage.ask(request, version: 9)
        #expect(large.responses[0].partitionResponses[0].errorCode == .none)
        #expect(Int(large.throttleTimeMs) == before + size - 10_000)
        #expect(stage.state.throttles[ConnectionID(number: 1)] == .milliseconds(before + size - 10_000))
        stage.uptime += .seconds(30)
        #expect(try stage.ask(Self.produce(2000), version: 9).throttleTimeMs == 0)
    }

    @Test("A quota that is no number limits nobody, though another one behind it would")
    func noNumber() throws {
        var stage = Self.stage(QuotaKey.allCases.filter { !$0.isOfAddresses }.map { (Self.everybody, $0, .nan) })
        stage.state.quotas.set(.producerByteRate, 1, of: QuotaEntity([.clientID: nil]))
        stage.plant("t")
        let answer = try stage.ask(Self.produce(500_000), version: 9)
        #expect(answer.throttleTimeMs == 0 && answer.responses[0].partitionResponses[0].errorCode == .none)
        #expect(try stage.ask(Self.creation(1, partitions: 100)).topics[0].errorCode == .none)
    }

    @Test("Consumers: over the rate a Fetch is empty and says for how long; later the records come")
    func consumers() throws {
        var stage = Self.stage([(Self.everybody, .consumerByteRate, 100)])
        stage.plant("t")
        _ = try stage.ask(Self.produce(2000), version: 9)
        var fetch = FetchRequest()
        fetch.maxBytes = 1 << 20
        fetch.maxWaitMs = 0
        fetch.topics = [.init()]
        fetch.topics[0].topic = "t"
        fetch.topics[0].partitions = [.init()]
        fetch.topics[0].partitions[0].partitionMaxBytes = 1 << 20
        let kept = try stage.ask(fetch, version: 12)
        #expect(kept.throttleTimeMs > 0 && kept.responses.isEmpty)
        // What was kept back was not used.
        stage.state.quotas.set(.consumerByteRate, 1000, of: Self.everybody)
        let read = try stage.ask(fetch, version: 12)
        #expect(read.throttleTimeMs == 0 && read.responses[0].partitions[0].records?.bytes.isEmpty == false)
    }

    @Test("Requests: a share of a thread's time, and never more than a second at a time")
    func requests() throws {
        var stage = Self.stage([(QuotaEntity([.clientID: "greedy"]), .requestPercentage, 0.001)])
        #expect(try stage.ask(ApiVersionsRequest(), version: 3).throttleTimeMs == 0)
        stage.clientID = "greedy"
        #expect(try stage.ask(MetadataRequest.all).throttleTimeMs == 1000)
        #expect(try stage.ask(DescribeClusterRequest()).throttleTimeMs == 1000)
    }

    static func creation(_ count: Int, partitions: Int32) -> CreateTopicsRequest {
        var request = CreateTopicsRequest()
        request.topics = (0..<count).map { index in
            var topic = CreateTopicsRequest.CreatableTopic()
            topic.name = ByteString("t\(index)")
            topic.numPartitions = partitions
            topic.replicationFactor = 1
            return topic
        }
        return request
    }

    @Test("Changes of partitions: the bucket may be overdrawn once, then 89 for each; it fills again with time")
    func mutations() throws {
        var stage = Self.stage([(Self.everybody, .controllerMutationRate, 1)])
        let first = try stage.ask(Self.creation(50, partitions: 10))
        #expect(first.topics.filter { $0.errorCode == .none }.count == 2)
        #expect(first.topics.filter { $0.errorCode == .throttlingQuotaExceeded }.count == 48)
        #expect(first.topics.last?.errorMessage == "The throttling quota has been exceeded.")
        // Eleven permits, twenty taken.
        #expect(first.throttleTimeMs == 9000)
        var deletion = DeleteTopicsRequest()
        deletion.topics = [.init()]
        deletion.topics[0].name = "t0"
        #expect(try stage.ask(deletion).responses[0].errorCode == .throttlingQuotaExceeded)
        // A client that does not know of the quota is served, and waits.
        var partitions = CreatePartitionsRequest()
        partitions.topics = [.init()]
        partitions.topics[0].name = "t0"
        partitions.topics[0].count = 11
        let old = try stage.ask(partitions, version: 2)
        #expect(old.results[0].errorCode == .none && old.throttleTimeMs == 10_000)
        stage.uptime += .seconds(10)
        let later = try stage.ask(deletion)
        #expect(later.responses[0].errorCode == .none && later.throttleTimeMs == 11_000)
    }

    @Test(
        "What cannot be a quota is refused in the controller's words, and the entity stays as it was",
        arguments: [
            ([], "x", 1, "Invalid empty client quota entity"),
            ([("planet", "x")], "producer_byte_rate", 1, "Unhandled client quota entity type: planet"),
            ([("user", "")], "producer_byte_rate", 1, "Empty user not supported"),
            (
                [("user", "a"), ("ip", "1.2.3.4")], "producer_byte_rate", 1,
                "Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId"
            ),
            ([("ip", "no address")], "connection_creation_rate", 1, "no address is not a valid IP or resolvable host."),
            ([("user", "a")], "connection_creation_rate", 1, "Invalid configuration key connection_creation_rate"),
            ([("ip", "1.2.3.4")], "producer_byte_rate", 1, "Invalid configuration key producer_byte_rate"),
            ([("user", "a")], "producer_byte_rate", 0, "Quota producer_byte_rate must be greater than 0"),
            ([("user", "a")], "producer_byte_rate", 1.5, "producer_byte_rate cannot be a fractional value."),
            ([("ip", "::1")], "connection_creation_rate", 3e9, "Proposed value for connection_creation_rate is too large for an INT."),
        ] as [([(String, String)], String, Double, String)])
    func refusals(entity: [(String, String)], key: String, value: Double, words: String) throws {
        var stage = Self.stage([])
        var request = AlterClientQuotasRequest()
        request.entries = [.init()]
        request.entries[0].entity = entity.map { type, name in
            var data = AlterClientQuotasRequest.EntryData.EntityData()
            data.entityType = ByteString(type)
            data.entityName = ByteString(name)
            return data
        }
        request.entries[0].ops = [.init(), .init()]
        request.entries[0].ops[0].key = "request_percentage"
        request.entries[0].ops[0].value = 1
        request.entries[0].ops[1].key = ByteString(key)
        request.entries[0].ops[1].value = value
        if entity.first?.0 == "ip" { request.entries[0].ops.removeFirst() }
        let answer = try stage.ask(request).entries[0]
        #expect(answer.errorCode == .invalidRequest)
        #expect(answer.errorMessage?.description == words)
        #expect(stage.state.quotas.values.isEmpty)
    }

    @Test("Filters: a name, the default, any; strictly these kinds and no others; contradictions are refused")
    func filters() throws {
        var stage = Self.stage([
            (QuotaEntity([.user: "a"]), .producerByteRate, 1), (QuotaEntity([.user: nil]), .producerByteRate, 2),
            (QuotaEntity([.user: "a", .clientID: "c"]), .producerByteRate, 3), (QuotaEntity([.clientID: nil]), .producerByteRate, 4),
            (QuotaEntity([.ip: "1.2.3.4"]), .connectionCreationRate, 5),
        ])
        func found(_ components: [(String, Int8, ByteString?)], strict: Bool) throws -> (ErrorCode, [Double]) {
            var request = DescribeClientQuotasRequest()
            request.strict = strict
            request.components = components.map { type, match, name in
                var component = DescribeClientQuotasRequest.ComponentData()
                component.entityType = ByteString(type)
                component.matchType = match
                component.match = name
                return component
            }
            let answer = try stage.ask(request)
            return (answer.errorCode, (answer.entries ?? []).flatMap(\.values).map(\.value).sorted())
        }
        #expect(try found([], strict: false) == (.none, [1, 2, 3, 4, 5]))
        #expect(try found([], strict: true) == (.none, []))
        #expect(try found([("user", 0, "a")], strict: false) == (.none, [1, 3]))
        #expect(try found([("user", 0, "a")], strict: true) == (.none, [1]))
        #expect(try found([("user", 1, nil)], strict: false) == (.none, [2]))
        #expect(try found([("user", 2, nil)], strict: true) == (.none, [1, 2]))
        #expect(try found([("user", 2, nil), ("client-id", 0, "c")], strict: true) == (.none, [3]))
        #expect(try found([("planet", 2, nil)], strict: true) == (.unsupportedVersion, []))
        for bad in [
            [("user", Int8(0), nil)], [("user", 1, "a")], [("user", 7, nil)], [("", 2, nil)], [("user", 2, nil), ("user", 2, nil)],
            [("ip", 2, nil), ("user", 2, nil)],
        ] as [[(String, Int8, ByteString?)]] {
            #expect(try found(bad, strict: false) == (.invalidRequest, []))
        }
    }
}
