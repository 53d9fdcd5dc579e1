import Bytes
import Host
import KafkaProtocol
import Logging
import NIOPosix
import Seams
import NIOConcurrencyHelpers
import Testing
import Waiting

@testable import KafkaClient

/// What goes wrong on the way, played by a broker that does as it is told.
@Suite struct FailureTests {
    private func configuration(_ addresses: [BrokerAddress]) -> ClientConfiguration {
        var configuration = ClientConfiguration(bootstrap: addresses)
        configuration.retryBackoff = .milliseconds(1)
        configuration.retryBackoffMax = .milliseconds(5)
        return configuration
    }

    /// A port on which nobody listens: one that was bound and let go.
    private func deadAddress() async throws -> BrokerAddress {
        try await ScriptedBroker.run({ _, _, _ in .hangUp }) { $0.address }
    }

    private func failure(_ body: () async throws -> some Any) async -> KafkaError? {
        do {
            _ = try await body()
            Issue.record("nothing failed")
            return nil
        } catch {
            return error as? KafkaError
        }
    }

    @Test func deadBootstrapServersArePassedOver() async throws {
        let dead = [try await deadAddress(), try await deadAddress()]
        try await ScriptedBroker.run({ api, frame, _ in
            api == .apiVersions ? try .versions(to: frame) : try .metadata(to: frame, [(1, 9)])
        }) { broker in
            for _ in 0..<5 {
                try await TestCluster.withClient(configuration(dead + [broker.address])) { client in
                    let brokers = try await client.currentBrokers()
                    #expect(brokers == [1])
                }
            }
        }
    }

    @Test func whereAllAreDeadTheErrorNamesEveryOne() async throws {
        let dead = [try await deadAddress(), try await deadAddress()]
        let error = await failure { try await TestCluster.withClient(configuration(dead)) { try await $0.describeCluster() } }
        #expect(error?.code == .cannotConnect)
        #expect(error?.outcome == .notSent)
        #expect(error?.api == .describeCluster)
        for address in dead { #expect(error?.message.contains("\(address)") == true) }
        #expect(error?.message.contains("refused") == true)
    }

    /// What a channel that never stood ends with must not be taken for what a broker did.
    @Test func aRefusedConnectionIsCalledRefusedEachTime() async throws {
        for _ in 0..<100 {
            let dead = try await deadAddress()
            let error = await failure { try await TestCluster.withClient(configuration([dead])) { try await $0.describeCluster() } }
            #expect(error?.message.contains("the connection was refused: nothing listens on that port") == true, "\(error?.message ?? "")")
        }
    }

    @Test func aNameThatCannotBeResolvedIsSaidSo() async throws {
        let address = BrokerAddress(host: "no-such-host.invalid", port: 9092)
        let error = await failure { try await TestCluster.withClient(configuration([address])) { try await $0.describeCluster() } }
        #expect(error?.code == .cannotConnect)
        #expect(error?.message.contains("no-such-host.invalid") == true)
    }

    @Test(arguments: [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "web server"), ("\u{15}\u{3}\u{3}\u{0}\u{2}", "speaks TLS"),
        ("\u{0}\u{0}\u{0}\u{6}\u{0}\u{0}\u{0}\u{63}\u{0}\u{0}", "correlation id 99"),
    ])
    func whatIsNotKafkaIsNamed(bytes: String, words: String) async throws {
        try await ScriptedBroker.run({ _, _, _ in .raw(Array(bytes.utf8)) }) { broker in
            let error = await failure {
                try await TestCluster.withClient(configuration([broker.address])) { try await $0.describeCluster() }
            }
            #expect(error?.code == .protocolViolation)
            #expect(error?.message.contains(words) == true)
            #expect(error?.broker == "\(broker.address)")
        }
    }

    @Test func aListenerThatSaysNothingIsGivenUpAfterTheConnectTimeout() async throws {
        try await ScriptedBroker.run({ _, _, _ in .silence }) { broker in
            var configuration = configuration([broker.address])
            configuration.connectTimeout = .seconds(1)
            configuration.connectAttempts = 2
            let limited = configuration
            let error = await failure { try await TestCluster.withClient(limited) { try await $0.describeCluster() } }
            #expect(error?.code == .cannotConnect)
            #expect(error?.message.contains("ApiVersions was not answered in time") == true)
            #expect(broker.count(.apiVersions) == 2)
        }
    }

    /// Whoever is asked first, by chance.
    @Test func aServerThatSaysNothingLeavesTimeForAnotherWhereTimeIsShort() async throws {
        try await ScriptedBroker.run({ _, _, _ in .silence }) { mute in
            try await ScriptedBroker.run({ api, frame, _ in
                try api == .apiVersions ? .versions(to: frame) : .metadata(to: frame, [(7, 9)])
            }) { broker in
                var limited = ClientConfiguration(bootstrap: [mute.address, broker.address])
                limited.apiTimeout = .seconds(3)
                let configuration = limited
                try await withThrowingTaskGroup(of: [Int32].self) { group in
                    for seed in UInt64(0)..<8 {
                        group.addTask {
                            try await KafkaClient.withClient(
                                configuration, time: HostTime(), chance: SeededChance(seed: seed),
                                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test")
                            ) { try await $0.currentBrokers() }
                        }
                    }
                    for try await brokers in group { #expect(brokers == [7]) }
                }
                #expect(mute.count(.apiVersions) > 0, "some have asked it first")
            }
        }
    }

    @Test func aReadIsRepeatedWhenTheConnectionIsCut() async throws {
        try await ScriptedBroker.run({ api, frame, before in
            if api == .apiVersions { return try .versions(to: frame) }
            return before < 2 ? .hangUp : try .metadata(to: frame, [(7, 9)])
        }) { broker in
            try await TestCluster.withClient(configuration([broker.address])) { client in
                let brokers = try await client.currentBrokers()
                #expect(brokers == [7])
                #expect(client.statistics.retries == 2)
                #expect(client.statistics.connectionsOpened == 3)
            }
            #expect(broker.count(.metadata) == 3)
        }
    }

    @Test func aListenerThatWantsSASLIsNotAskedForever() async throws {
        try await ScriptedBroker.run({ api, frame, _ in api == .apiVersions ? try .versions(to: frame) : .hangUp }) { broker in
            let error = await failure {
                try await TestCluster.withClient(configuration([broker.address])) { try await $0.describeCluster() }
            }
            #expect(error?.code == .connectionLost)
            #expect(error?.hint.contains("SASL") == true)
            #expect(broker.count(.describeCluster) == 4)
        }
    }

    @Test func aWriteThatWasSentIsNeverRepeatedAndItsOutcomeIsUnknown() async throws {
        let port = NIOLockedValueBox(0)
        try await ScriptedBroker.run({ api, frame, _ in
            switch api {
            case .apiVersions: try .versions(to: frame)
            case .metadata: try .metadata(to: frame, [(1, port.withLockedValue { $0 })])
            default: .hangUp
            }
        }) { broker in
            port.withLockedValue { $0 = broker.address.port }
            try await TestCluster.withClient(configuration([broker.address])) { client in
                let written = try await client.createTopics([NewTopic(name: "t", partitions: 1, replicationFactor: 1)])
                #expect(written["t"]?.outcome == .unknown)
                #expect(written["t"]?.message?.contains("broker 1 (\(broker.address)), CreateTopics") == true)
            }
            #expect(broker.count(.createTopics) == 1)
        }
    }

    @Test func aRequestThatIsNotAnsweredTimesOutAndItsConnectionIsGivenUp() async throws {
        try await ScriptedBroker.run({ api, frame, before in
            if api == .apiVersions { return try .versions(to: frame) }
            return before == 0 ? .silence : try .metadata(to: frame, [(7, 9)])
        }) { broker in
            var configuration = configuration([broker.address])
            configuration.requestTimeout = .milliseconds(200)
            try await TestCluster.withClient(configuration) { client in
                let brokers = try await client.currentBrokers()
                #expect(brokers == [7])
                #expect(client.statistics.connectionsOpened > 1)
            }
        }
    }

    @Test func aCallEndsAtItsDeadlineAndSaysHowOftenItTried() async throws {
        try await ScriptedBroker.run({ api, frame, _ in
            api == .apiVersions
                ? try .versions(to: frame)
                : try .answer(DescribeClusterRequest.self, to: frame) { $1.errorCode = .coordinatorLoadInProgress }
        }) { broker in
            var configuration = configuration([broker.address])
            configuration.apiTimeout = .seconds(5)
            let limited = configuration
            let error = await failure { try await TestCluster.withClient(limited) { try await $0.describeCluster() } }
            #expect(error?.code == .brokerError(.coordinatorLoadInProgress))
            #expect(error?.message.contains("attempts within 5 s") == true)
            #expect(broker.count(.describeCluster) > 1)
        }
    }

    @Test func anotherControllerIsLookedUpAndAsked() async throws {
        let ports = NIOLockedValueBox((first: 0, second: 0))
        let other: ScriptedBroker.Script = { api, frame, _ in
            switch api {
            case .apiVersions: try .versions(to: frame)
            default:
                try .answer(CreateTopicsRequest.self, to: frame) { request, response in
                    response.topics = request.topics.map {
                        var topic = CreateTopicsResponse.CreatableTopicResult()
                        topic.name = $0.name
                        return topic
                    }
                }
            }
        }
        let first: ScriptedBroker.Script = { api, frame, before in
            let (own, second) = ports.withLockedValue { $0 }
            switch api {
            case .apiVersions: return try .versions(to: frame)
            case .metadata:
                let brokers: [(id: Int32, port: Int)] = [(1, own), (2, second)]
                return try .metadata(to: frame, before == 0 ? brokers : brokers.reversed())
            default:
                return try .answer(CreateTopicsRequest.self, to: frame) { request, response in
                    response.topics = request.topics.map {
                        var topic = CreateTopicsResponse.CreatableTopicResult()
                        topic.name = $0.name
                        topic.errorCode = .notController
                        return topic
                    }
                }
            }
        }
        try await ScriptedBroker.run(other) { second in
            try await ScriptedBroker.run(first) { broker in
                ports.withLockedValue { $0 = (broker.address.port, second.address.port) }
                try await TestCluster.withClient(configuration([broker.address])) { client in
                    let written = try await client.createTopics([NewTopic(name: "t", partitions: 1, replicationFactor: 1)])
                    #expect(written["t"]?.isDone == true)
                }
                #expect(broker.count(.createTopics) == 1)
            }
            #expect(second.count(.createTopics) == 1)
        }
    }

    @Test func aThrottledClientWaitsAsLongAsItWasTold() async throws {
        try await ScriptedBroker.run({ api, frame, before in
            if api == .apiVersions { return try .versions(to: frame) }
            return try .answer(MetadataRequest.self, to: frame) { $1.throttleTimeMs = before == 0 ? 5000 : 0 }
        }) { broker in
            let time = PatientTime()
            try await KafkaClient.withClient(
                configuration([broker.address]), time: time, chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            ) { client in
                _ = try await client.currentBrokers()
                #expect(time.slept == [])
                _ = try await client.currentBrokers()
                #expect(time.slept.count == 1)
                #expect(time.slept[0] > .seconds(4) && time.slept[0] <= .seconds(5))
            }
        }
    }

    /// A wait that is told in a field that nobody reads is not kept.
    @Test func everyAnswerThatCanThrottleDoes() {
        func forgotten<Request: KafkaRequest>(_: Request.Type) -> Bool {
            let tells = Mirror(reflecting: Request.Response()).children.contains { $0.label == "throttleTimeMs" }
            return tells != (Request.Response.self is any Throttled.Type)
        }
        #expect(Messages.all.filter { forgotten($0) }.map { $0.requestName } == [])
    }

    @Test func aCancelledCallEndsAtOnce() async throws {
        try await ScriptedBroker.run({ api, frame, _ in api == .apiVersions ? try .versions(to: frame) : .silence }) { broker in
            try await TestCluster.withClient(configuration([broker.address])) { client in
                let error = await withTaskGroup(of: KafkaError?.self) { group in
                    group.addTask { await failure { try await client.describeCluster() } }
                    try? await until("the request is under way") { broker.count(.describeCluster) == 1 }
                    group.cancelAll()
                    return await group.next() ?? nil
                }
                #expect(error?.code == .cancelled)
                #expect(error?.outcome == .unknown)
            }
        }
    }

    @Test func aClosedClientSaysSo() async throws {
        let client = try KafkaClient(
            configuration([BrokerAddress(host: "127.0.0.1", port: 1)]), time: HostTime(), chance: HostChance(),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        await client.close()
        await client.close()
        #expect(await failure { try await client.describeCluster() }?.code == .closed)
    }

    @Test func anOldBrokerIsAskedInItsOwnVersionsAndNeverByNameForTopics() async throws {
        let names = NIOLockedValueBox<[[ByteString]?]>([])
        try await ScriptedBroker.run({ api, frame, before in
            switch api {
            case .apiVersions where before == 0:
                let correlationID = try RequestHeader.peek(frame).correlationID
                var refusal = ApiVersionsResponse()
                refusal.errorCode = .unsupportedVersion
                return .answer(
                    try Frame.encodeResponse(refusal, to: ApiVersionsRequest.self, version: 0, correlationID: correlationID))
            case .apiVersions: return try .versions(to: frame, limits: [.metadata: 1], lacking: [.describeCluster, .describeQuorum])
            default:
                return try .answer(MetadataRequest.self, to: frame) { request, response in
                    names.withLockedValue { $0.append(request.topics?.compactMap(\.name)) }
                    var topic = MetadataResponse.MetadataResponseTopic()
                    topic.name = "there"
                    response.topics = [topic]
                }
            }
        }) { broker in
            try await TestCluster.withClient(configuration([broker.address])) { client in
                #expect(try await client.describeCluster().clusterID == nil)
                let topics = try await client.describeTopics(["missing", "there"])
                #expect(topics.map(\.error) == [.unknownTopicOrPartition, .none])
                #expect(try await client.features() == nil)
                #expect(try await client.version(of: DescribeClusterRequest.self, at: .anyBroker) == nil)
                #expect(await failure { try await client.describeQuorum() }?.code == .unsupported)
            }
            #expect(names.withLockedValue { $0 } == [[], nil])
        }
    }

    @Test func anAnswerThatCannotBeReadNamesTheField() async throws {
        try await ScriptedBroker.run({ api, frame, _ in
            if api == .apiVersions { return try .versions(to: frame) }
            let correlationID = try RequestHeader.peek(frame).correlationID
            return .answer(withUnsafeBytes(of: correlationID.bigEndian) { Array($0) } + [0, 0])
        }) { broker in
            try await TestCluster.withClient(configuration([broker.address])) { client in
                let error = await failure { try await client.describeCluster() }
                #expect(error?.code == .protocolViolation)
                #expect(error?.message.contains("DescribeClusterResponse") == true)
            }
        }
    }

    /// Two calls on one connection: the answer to the first cannot be read, and comes with the second's in one piece.
    @Test func anAnswerThatCannotBeReadFailsItsOwnCallAlone() async throws {
        let first = NIOLockedValueBox<Int32>(-1)
        try await ScriptedBroker.run({ api, frame, _ in
            switch api {
            case .apiVersions: return try .versions(to: frame)
            case .describeCluster:
                let correlationID = try RequestHeader.peek(frame).correlationID
                first.withLockedValue { $0 = correlationID }
                return .silence
            default:
                guard case .answer(let good) = try ScriptedBroker.Reply.metadata(to: frame, [(1, 9)]) else { return .hangUp }
                let bad = withUnsafeBytes(of: first.withLockedValue { $0 }.bigEndian, Array.init) + [0, 0]
                return .raw([bad, good].flatMap { withUnsafeBytes(of: Int32($0.count).bigEndian, Array.init) + $0 })
            }
        }) { broker in
            try await TestCluster.withClient(configuration([broker.address])) { client in
                async let described = failure { try await client.describeCluster() }
                try await until("the first is under way") { broker.count(.describeCluster) == 1 }
                #expect(try await client.currentBrokers() == [1])
                let error = await described
                #expect(error?.code == .protocolViolation && error?.api == .describeCluster)
                #expect(client.statistics.connectionsOpened == 1 && client.statistics.retries == 0)
            }
        }
    }

    /// Whose answer it was meant to be nobody can tell: the connection goes, and what only looks is asked again on another.
    @Test func aReadOutlivesAnAnswerThatBelongsToNoCall() async throws {
        try await ScriptedBroker.run({ api, frame, before in
            if api == .apiVersions { return try .versions(to: frame) }
            guard before == 0 else { return try .metadata(to: frame, [(1, 9)]) }
            return .answer([0, 0, 0, 77, 0, 0])
        }) { broker in
            try await TestCluster.withClient(configuration([broker.address])) { client in
                let brokers = try await client.currentBrokers()
                #expect(brokers == [1])
                #expect(client.statistics.connectionsOpened == 2)
            }
        }
    }

    @Test func aWriteWhoseAnswerIsLostSoIsUnknownAndNotRepeated() async throws {
        try await ScriptedBroker.run({ api, frame, _ in
            switch api {
            case .apiVersions: try .versions(to: frame)
            case .metadata: .silence
            default: .answer([0, 0, 0, 77, 0, 0])
            }
        }) { broker in
            try await TestCluster.withClient(configuration([broker.address])) { client in
                let error = await failure { try await client.send(CreateTopicsRequest(), to: .anyBroker) }
                #expect(error?.outcome == .unknown && error?.hint.contains("look before repeating") == true)
                #expect(broker.count(.createTopics) == 1)
            }
        }
    }

    @Test func aBrokerThatNamesATopicTwiceIsContradictedAndNamed() async throws {
        try await ScriptedBroker.run({ api, frame, _ in
            if api == .apiVersions { return try .versions(to: frame) }
            return try .answer(MetadataRequest.self, to: frame) { _, response in
                var topic = MetadataResponse.MetadataResponseTopic()
                topic.name = "orders"
                response.topics = [topic, topic]
            }
        }) { broker in
            try await TestCluster.withClient(configuration([broker.address])) { client in
                let error = await failure { try await client.describeTopics() }
                #expect(error?.code == .protocolViolation && error?.api == .metadata)
                #expect(error?.message.contains("topic orders twice") == true && error?.broker == "\(broker.address)")
            }
        }
    }

    /// 64 KiB are room enough for what is said before anybody is known.
    @Test func beforeAuthenticationLongFramesAreRefusedAtTheirHead() async throws {
        try await ScriptedBroker.run({ _, _, _ in .raw([0, 1, 0, 1]) }) { broker in
            try await TestCluster.withClient(configuration([broker.address])) { client in
                let error = await failure { try await client.describeCluster() }
                #expect(error?.code == .protocolViolation && error?.message.contains("65537 bytes") == true)
            }
        }
        // Afterwards, the configuration's own limit counts.
        try await ScriptedBroker.run({ api, frame, _ in
            if api == .apiVersions { return try .versions(to: frame) }
            return try .answer(MetadataRequest.self, to: frame) { _, response in
                response.topics = (0..<5000).map { number in
                    var topic = MetadataResponse.MetadataResponseTopic()
                    topic.name = ByteString("a-topic-with-a-name-\(number)")
                    return topic
                }
            }
        }) { broker in
            try await TestCluster.withClient(configuration([broker.address])) { client in
                let topics = try await client.describeTopics()
                #expect(topics.count == 5000)
            }
        }
    }
}

/// Real time whose pauses end at once, remembered.
final class PatientTime: TimeSource {
    private let host = HostTime()
    private let pauses = NIOLockedValueBox<[Duration]>([])

    var slept: [Duration] { pauses.withLockedValue { $0 } }
    func now() -> Timestamp { host.now() }
    func uptime() -> Duration { host.uptime() }
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        pauses.withLockedValue { $0.append(duration) }
    }
}
