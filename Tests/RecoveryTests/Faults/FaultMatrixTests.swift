import Bytes
import ClusterFixture
import Glibc
import Host
import KafkaClient
import KafkaSimulator
import Logging
import NIOPosix
import Repository
import Resources
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// Captures of clusters on which brokers die and return, leaders and coordinators move, connections are cut at any byte, those of TLS handshakes
/// and logins too, answers
/// are late, throttled, lost, errors or longer than they may be, disks fail, the clock jumps, and topics are hidden from the user; a
/// third of them over a whole snapshot of the same cluster. Each ends right, or as a partial that says what is missing, or publishes
/// nothing and says why; none is wrong, and none hangs.
///
/// `TIDEMARK_FAULT_SEEDS` is how many seeds are tried (200), `TIDEMARK_FAULT_FIRST` the first of them (0).
@Suite struct FaultMatrixTests {
    private static let topics = (0..<8).map { "topic-\($0)" }
    private static let groups = (0..<6).map { "group-\($0)" }
    /// At a time; most of a capture under faults is waiting.
    private static let lanes = 8

    @Test(.timeLimit(.minutes(15))) func everyCaptureEndsRightOrAsAClassifiedPartial() async throws {
        let count = Self.number("TIDEMARK_FAULT_SEEDS") ?? 200
        let first = Self.number("TIDEMARK_FAULT_FIRST") ?? 0
        var tally: [FaultVerdict.Ending: Int] = [:]
        try await withThrowingTaskGroup(of: FaultVerdict.self) { group in
            var next = first
            func add() {
                guard next < first + count else { return }
                let script = FaultScript(seed: next, topics: Self.topics, groups: Self.groups)
                next += 1
                group.addTask { try await Self.run(script) }
            }
            for _ in 0..<Self.lanes { add() }
            while let verdict = try await group.next() {
                tally[verdict.ending, default: 0] += 1
                for flaw in verdict.flaws { Issue.record("\(flaw)\n\(verdict.script)") }
                add()
            }
        }
        print("fault matrix: \(count) seeds from \(first):", tally.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", "))
        // A matrix without an effect would prove nothing, nor one in which nothing ever comes through.
        if count >= 100 {
            for ending in [FaultVerdict.Ending.whole, .confirmed, .partial] { #expect(tally[ending, default: 0] > 0, "\(ending)") }
        }
    }

    private static func number(_ variable: String) -> UInt64? { getenv(variable).flatMap { UInt64(String(cString: $0)) } }

    // MARK: One seed

    private static func run(_ script: FaultScript) async throws -> FaultVerdict {
        let time = JumpingTime()
        var simulated = SimulatorConfiguration()
        if script.speaksTLS {
            simulated.tls = SimulatedTLS(certificatePEM: FixtureCertificates.server, privateKeyPEM: FixtureCertificates.serverKey)
        }
        if script.user != nil {
            simulated.users = ["admin", "half"].map { SimulatedUser(name: $0, password: "\($0)-secret") }
            simulated.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"])
        }
        return try await SimulatedCluster.withCluster(simulated, time: time, chance: SeededChance(seed: script.seed)) { cluster in
            let storage = MemoryStorage(time: time)
            let repository = try await Repository.initialize(storage, time: time, chance: SeededChance(seed: script.seed))
            let (truth, before) = try await withClient(cluster, time, as: script.user.map { _ in "admin" }, script, quick: false) {
                source -> ([KindName: Observation], SnapshotID?) in
                try await fill(source.client)
                if script.isSecured { try await hide(source.client) }
                let truth = try await observe(source)
                guard script.hasSnapshot else { return (truth, nil) }
                let whole = try await capture(source, repository, time).get()
                #expect(whole.manifest.certificate.grade == .stable, "\(whole.manifest.certificate)")
                return (truth, whole.snapshot)
            }
            return try await withClient(cluster, time, as: script.user, script, quick: true) { source in
                let calls = cluster.callCounts.values.reduce(0, +)
                let start = time.uptime()
                let result = await during(script, on: cluster, from: calls, time) {
                    await capture(source, repository, time)
                }
                var verdict = FaultVerdict(script: script, result: result, truth: truth, before: before)
                verdict.judge(took: time.uptime() - start)
                try await verdict.judge(repository)
                return verdict
            }
        }
    }

    private static func capture(_ source: Source, _ repository: Repository, _ time: JumpingTime) async -> Result<CaptureReport, any Error> {
        var options = Capture.Options(toolVersion: "test")
        options.confirmsAs = .backup
        do {
            return .success(
                try await Capture(source: source, repository: repository, kinds: FaultVerdict.kinds, options: options, time: time).run())
        } catch {
            return .failure(error)
        }
    }

    /// Runs `body` while the script's events come due by the number of calls.
    private static func during<Value: Sendable>(
        _ script: FaultScript, on cluster: SimulatedCluster, from calls: Int, _ time: JumpingTime,
        _ body: @escaping @Sendable () async -> Value
    ) async -> Value {
        for (due, event) in script.events where due == 0 { await perform(event, on: cluster, time) }
        return await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            group.addTask {
                for (due, event) in script.events where due > 0 {
                    while cluster.callCounts.values.reduce(0, +) - calls < due {
                        do { try await time.sleep(for: .milliseconds(1)) } catch { return nil }
                    }
                    await perform(event, on: cluster, time)
                }
                return nil
            }
            defer { group.cancelAll() }
            while let ended = await group.next() {
                if let value = ended { return value }
            }
            preconditionFailure("the body always gives a value")
        }
    }

    private static func perform(_ event: FaultScript.Event, on cluster: SimulatedCluster, _ time: JumpingTime) async {
        switch event {
        case .kill(let broker): await cluster.killBroker(broker)
        // Its port may be taken by another cluster of the suite meanwhile: then it stays dead, which is as good a fault.
        case .restart(let broker): try? await cluster.restartBroker(broker)
        case .moveLeader(let topic, let partition, let broker): cluster.moveLeader(of: partition, ofTopic: topic, to: broker)
        case .moveCoordinator(let group, let broker): cluster.moveCoordinator(ofGroup: group, to: broker)
        case .inject(let fault): cluster.inject(fault)
        case .jump(let duration): time.jump(by: duration)
        case .failDirectory(let broker): cluster.failLogDirectory(of: broker)
        case .mendDirectory(let broker): cluster.mendLogDirectory(of: broker)
        case .throttle(let percentage): cluster.throttleEverybody(to: percentage)
        }
    }

    // MARK: The cluster

    private static func withClient<Value: Sendable>(
        _ cluster: SimulatedCluster, _ time: JumpingTime, as user: String?, _ script: FaultScript, quick: Bool,
        _ body: @Sendable (Source) async throws -> Value
    ) async throws -> Value {
        var configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the test"))
        if let user {
            configuration.security.sasl = .password(
                SaslCredentials(mechanism: .plain, username: ByteString(user), password: Secret("\(user)-secret")))
        }
        if script.speaksTLS {
            var tls = TLS()
            tls.trustedCertificates = Secret(FixtureCertificates.authority)
            configuration.security.tls = tls
        }
        if quick {
            configuration.requestTimeout = .seconds(1)
            configuration.apiTimeout = .seconds(4)
            configuration.connectTimeout = .seconds(1)
            configuration.retryBackoff = .milliseconds(5)
            configuration.retryBackoffMax = .milliseconds(100)
        }
        return try await KafkaClient.withClient(
            configuration, time: time, chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { try await body(Source(client: $0, registry: nil, time: time)) }
    }

    private static func fill(_ client: KafkaClient) async throws {
        let created = try await client.createTopics(
            topics.enumerated().map { number, name in
                NewTopic(
                    name: ByteString(name), partitions: 3, replicationFactor: 3,
                    configs: number.isMultiple(of: 2) ? ["retention.ms": "86400000"] : [:])
            })
        for (name, result) in created { #expect(result.isDone, "\(name): \(result)") }
        for (number, group) in groups.enumerated() {
            var offsets: [TopicPartition: CommittedOffset] = [:]
            for partition in Int32(0)..<3 {
                for topic in [topics[number], topics[number + 1]] {
                    offsets[TopicPartition(ByteString(topic), partition)] = CommittedOffset(offset: Int64(partition), metadata: "m")
                }
            }
            for (partition, result) in try await client.commitOffsets(group: ByteString(group), offsets) {
                #expect(result.isDone, "\(group) \(partition): \(result)")
            }
        }
        for broker in Int32(1)...3 {
            _ = try await client.alterConfigs([ConfigChange(.broker(broker), ["log.cleaner.backoff.ms": .set(ByteString("1234\(broker)"))])]
            )
        }
    }

    /// A topic, and a group's position on it, that `half` may not see, on broker 3 alone.
    private static func hide(_ client: KafkaClient) async throws {
        let created = try await client.createTopics([NewTopic(name: "hidden", partitions: 1, replicationFactor: 1, assignments: [0: [3]])])
        for (name, result) in created { #expect(result.isDone, "\(name): \(result)") }
        let committed = try await client.commitOffsets(
            group: "group-0", [TopicPartition("hidden", 0): CommittedOffset(offset: 0, metadata: "")])
        for (partition, result) in committed { #expect(result.isDone, "\(partition): \(result)") }
        var rules = [(AclOperation.describe, AclResourceType.cluster, ByteString("kafka-cluster"), AclPatternType.literal)]
        rules += [(.describeConfigs, .cluster, "kafka-cluster", .literal), (.describeConfigs, .topic, "*", .literal)]
        rules += [(.describe, .topic, "topic-", .prefixed), (.describe, .topic, "__consumer_offsets", .literal)]
        rules += [(.describe, .group, "*", .literal), (.describe, .transactionalID, "*", .literal)]
        let bindings = rules.map { AclBinding(.allow, "User:half", $0.0, $0.1, $0.2, patternType: $0.3) }
        for (rule, result) in try await client.createAcls(bindings) { #expect(result.isDone, "\(rule): \(result)") }
    }

    private static func observe(_ source: Source) async throws -> [KindName: Observation] {
        let sweep = Sweep(source)
        var found: [KindName: Observation] = [:]
        for kind in FaultVerdict.kinds {
            let observation = try await kind.observe(sweep)
            #expect(observation.state.isStable, "\(kind.name): \(observation.state)")
            #expect(observation.evidenceState.isComplete, "\(kind.name): \(observation.evidenceState)")
            found[kind.name] = observation
        }
        return found
    }
}
