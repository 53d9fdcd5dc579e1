import Bytes
import KafkaProtocol
import Testing

@testable import KafkaClient

/// Every destination against what the client may know when an attempt begins.
@Suite struct JourneyRouteTests {
    static let knowledge = ["everything", "not who", "not where", "closed", "cancelled", "out of reach", "throttled", "throttled for long"]

    /// "–": the client cannot be in that situation.
    static let table: [(Destination, [String])] = [
        // Who and where do not matter: a bootstrap server is always there. Brokers out of reach are left to the attempt.
        (.anyBroker, ["attempt", "attempt", "attempt", "give up", "cancelled", "attempt", "wait 5.0 seconds", "give up"]),
        (
            .controller,
            ["attempt", "ask about brokers", "ask about brokers", "give up", "cancelled", "give up", "wait 5.0 seconds", "give up"]
        ),
        // Its id is in the destination.
        (.broker(1), ["attempt", "–", "ask about brokers", "give up", "cancelled", "give up", "wait 5.0 seconds", "give up"]),
        (
            .groupCoordinator("crew"),
            ["attempt", "ask who coordinates crew", "ask about brokers", "give up", "cancelled", "give up", "wait 5.0 seconds", "give up"]
        ),
        (
            .leader(JourneyStage.partition),
            ["attempt", "ask about orders", "ask about brokers", "give up", "cancelled", "give up", "wait 5.0 seconds", "give up"]
        ),
    ]

    @Test(arguments: [Effect.reads, .writes]) func theFirstStepOfEachAttempt(effect: Effect) throws {
        #expect(Self.table.map(\.0) == JourneyStage.destinations)
        for (destination, row) in Self.table {
            try #require(row.count == Self.knowledge.count)
            for (known, expected) in zip(Self.knowledge, row) where expected != "–" {
                var stage = JourneyStage(to: destination, effect)
                let everywhere = [JourneyStage.one, JourneyStage.two, JourneyStage.seed]
                switch known {
                case "not who": stage.outlook.broker = nil
                case "not where": stage.outlook.nodes = [:]
                case "closed": stage.outlook.isClosed = true
                case "cancelled": stage.outlook.isCancelled = true
                case "out of reach":
                    stage.outlook.unreachable = Dictionary(uniqueKeysWithValues: everywhere.map { ($0, JourneyStage.error()) })
                case "throttled":
                    stage.outlook.throttled = Dictionary(uniqueKeysWithValues: everywhere.map { ($0, stage.now + .seconds(5)) })
                case "throttled for long":
                    stage.outlook.throttled = Dictionary(uniqueKeysWithValues: everywhere.map { ($0, stage.now + .seconds(61)) })
                default: break
                }
                let summary = stage.handle(.ready).summary
                let shown = summary.hasPrefix("attempt at ") ? "attempt" : summary
                #expect(shown == expected, "\(destination) × \(known)")
                #expect(stage.machine.attempts == 1)
            }
        }
    }

    /// What is still unknown after asking ends the attempt, and with it the belief.
    @Test func whatNobodyKnowsIsAskedForAgainLater() {
        for destination in [Destination.controller, .leader(JourneyStage.partition)] {
            var stage = JourneyStage(to: destination)
            stage.outlook.broker = nil
            _ = stage.handle(.ready)
            #expect(stage.handle(.refreshed).summary == "pause, doubt", "\(destination)")
        }
        var stage = JourneyStage(to: .broker(7))
        stage.outlook.broker = 7
        #expect(stage.handle(.ready).summary == "ask about brokers")
        #expect(stage.handle(.refreshed).summary == "pause")
        #expect(stage.machine.unreachable.first?.cause.contains("not in the cluster") == true)
    }

    /// Who it is was asked; where that broker is has to be asked too.
    @Test func aCoordinatorThatIsNotKnownYetIsLookedFor() {
        var stage = JourneyStage(to: .groupCoordinator("crew"))
        stage.outlook.broker = nil
        stage.outlook.nodes = [:]
        #expect(stage.handle(.ready).summary == "ask who coordinates crew")
        #expect(stage.handle(.found(coordinator: 2)).summary == "ask about brokers")
        stage.outlook.nodes = [2: .init(address: JourneyStage.two, rack: nil)]
        #expect(stage.handle(.refreshed).summary == "attempt at two")
    }

    @Test func aCallThatHasTriedGoesOnWhereANewOneFailsAtOnce() {
        for attempts in 0...3 {
            var stage = JourneyStage(to: .broker(1))
            stage.machine.attempts = attempts
            stage.outlook.unreachable = [JourneyStage.one: JourneyStage.error(.cannotConnect)]
            #expect(stage.handle(.ready).summary == (attempts == 0 ? "give up" : "attempt at one"))
        }
    }

    @Test func openConnectionsComeFirstThenBrokersThenBootstrapServers() {
        var stage = JourneyStage(to: .anyBroker)
        stage.outlook.open = [JourneyStage.two]
        var order: [String] = []
        for _ in 1...3 {
            if case .attempt(let address) = stage.handle(.ready).action { order.append(address.host) }
            _ = stage.handle(.failed(FailedAttempt(JourneyStage.error(.cannotConnect), .reconnect)))
        }
        #expect(order == ["two", "one", "seed"])
    }

    /// Whoever says nothing gets a share of the time; where time is plenty, or nobody else could answer, the limit of the configuration.
    @Test func aFirstContactLeavesTimeForTheOthers() {
        func limits(_ bootstrap: Int, _ timeout: Duration, to destination: Destination = .anyBroker) -> [Duration] {
            var stage = JourneyStage(to: destination)
            stage.outlook.nodes = destination == .anyBroker ? [:] : stage.outlook.nodes
            stage.outlook.bootstrap = (0..<bootstrap).map { BrokerAddress(host: "b\($0)", port: 9092) }
            stage.machine = JourneyMachine(
                to: destination, .reads, limits: JourneyStage.limits, backoff: Backoff(first: .milliseconds(100), limit: .seconds(1)),
                start: stage.now, deadline: stage.now + timeout)
            return (0..<bootstrap).map { _ in
                _ = stage.handle(.ready)
                let limit = stage.machine.connectLimit
                stage.now += limit
                _ = stage.handle(.failed(FailedAttempt(JourneyStage.error(.cannotConnect), .reconnect)))
                return limit
            }
        }
        #expect(limits(2, .seconds(60)) == [.seconds(10), .seconds(10)])
        #expect(limits(1, .seconds(9)) == [.seconds(10)])
        #expect(limits(1, .seconds(9), to: .broker(1)) == [.seconds(10)])
        #expect(limits(2, .seconds(10)) == [.milliseconds(4500), .milliseconds(4950)])
        let many = limits(9, .seconds(10))
        #expect(many[0] == .milliseconds(2250) && many.allSatisfy { $0 > .zero } && many.reduce(.zero, +) < .seconds(10))
    }

    @Test func beliefsThatAnAnswerDisprovedAreForgottenAndNoOthers() {
        var view = ClusterView()
        var metadata = MetadataResponse()
        metadata.controllerId = 1
        for id in [Int32(1), 2] {
            var broker = MetadataResponse.MetadataResponseBroker()
            broker.nodeId = id
            broker.host = ByteString("h\(id)")
            broker.port = 9092
            metadata.brokers.append(broker)
        }
        var topic = MetadataResponse.MetadataResponseTopic()
        topic.name = "orders"
        var partition = MetadataResponse.MetadataResponseTopic.MetadataResponsePartition()
        partition.leaderId = 1
        topic.partitions = [partition]
        metadata.topics = [topic]
        view.learn(metadata)
        view.coordinators["crew"] = 1
        for doubted in JourneyStage.destinations {
            var after = view
            after.doubt(doubted)
            for other in JourneyStage.destinations where other != .anyBroker {
                let isLost = other == doubted && other != .broker(1)
                #expect((after.broker(of: other) == nil) == isLost, "doubting \(doubted), asking for \(other)")
            }
            #expect(after.nodes == view.nodes)
        }
    }
}
