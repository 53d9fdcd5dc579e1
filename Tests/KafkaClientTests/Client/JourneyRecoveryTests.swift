import KafkaProtocol
import Testing

@testable import KafkaClient

/// Every advice against every destination, effect and number of attempts.
@Suite struct JourneyRecoveryTests {
    static let attempts = [1, 3, 4, 7, 8]

    /// After attempts 1, 3, 4, 7 and 8. `any`: to any broker, with somebody left to try; `alone`: with nobody left; `barred`: and all others are
    /// not trusted, or no brokers; `one`: to a certain broker. Four attempts to connect are the limit, eight at once without a pause.
    static let table: [(advice: Advice, where: String, reactions: [String])] = [
        (.giveUp, "any", Array(repeating: "give up", count: 5)),
        (.giveUp, "alone", Array(repeating: "give up", count: 5)),
        (.giveUp, "one", Array(repeating: "give up", count: 5)),
        (.again, "any", ["again", "again", "again", "again", "pause"]),
        (.again, "alone", ["again", "again", "again", "again", "pause"]),
        (.again, "one", ["again", "again", "again", "again", "pause"]),
        (.renew, "any", ["again"] + Array(repeating: "pause", count: 4)),
        (.renew, "alone", ["again"] + Array(repeating: "pause", count: 4)),
        (.renew, "one", ["again"] + Array(repeating: "pause", count: 4)),
        (.afterPause, "any", Array(repeating: "pause", count: 5)),
        (.afterPause, "alone", Array(repeating: "pause", count: 5)),
        (.afterPause, "one", Array(repeating: "pause", count: 5)),
        (.afterRefresh, "any", Array(repeating: "pause, doubt", count: 5)),
        (.afterRefresh, "alone", Array(repeating: "pause, doubt", count: 5)),
        (.afterRefresh, "one", Array(repeating: "pause, doubt", count: 5)),
        (.reauthenticate, "any", Array(repeating: "again", count: 5)),
        (.reauthenticate, "alone", Array(repeating: "again", count: 5)),
        (.reauthenticate, "one", Array(repeating: "again", count: 5)),
        (.reconnect, "any", Array(repeating: "again", count: 5)),
        (.reconnect, "alone", ["pause", "pause", "give up", "give up", "give up"]),
        (
            .reconnect, "one",
            ["pause, forget one", "pause, forget one", "give up, forget one", "give up, forget one", "give up, forget one"]
        ),
        (.elsewhere, "any", Array(repeating: "again", count: 5)),
        // Those that are left were not there before, and may come.
        (.elsewhere, "alone", Array(repeating: "pause", count: 5)),
        (.elsewhere, "barred", Array(repeating: "give up", count: 5)),
        (.elsewhere, "one", Array(repeating: "give up", count: 5)),
        // Who is barred does not keep another from being tried four times.
        (.reconnect, "barred", ["pause", "pause", "give up", "give up", "give up"]),
    ]

    static let outcomes: [KafkaError.Outcome] = [.notSent, .answered, .unknown]

    @Test(arguments: [Effect.reads, .writes], outcomes)
    func everyAdviceIsFollowed(effect: Effect, outcome: KafkaError.Outcome) {
        var cells = 0
        for (advice, place, reactions) in Self.table {
            for destination in JourneyStage.destinations where (destination == .anyBroker) == (place != "one") {
                for (number, reaction) in zip(Self.attempts, reactions) {
                    var stage = JourneyStage.attempting(number, to: destination, effect, unreachable: advice == .reconnect)
                    if place == "barred" {
                        for address in [JourneyStage.two, JourneyStage.seed] {
                            stage.machine.barred[address] = JourneyStage.error(.tls, broker: address.host)
                        }
                    }
                    if place == "alone" || place == "barred" {
                        stage.machine.tried = [JourneyStage.one, JourneyStage.two, JourneyStage.seed]
                    }
                    let step = stage.handle(.failed(FailedAttempt(JourneyStage.error(.connectionLost, outcome), advice)))
                    // The effect has had its say when the failure was judged: see FailedAttemptTests.
                    #expect(step.summary == reaction, "\(advice) × \(destination) × \(effect) × \(number) (\(place))")
                    #expect(stage.machine.state == (reaction.hasPrefix("give up") ? .ended : .resting))
                    cells += 1
                }
            }
        }
        #expect(cells == (8 * (1 + 1 + 4) + 2) * 5)
    }

    /// A wrong password must not go on for ever, nor a token that is refused each time.
    @Test func anotherTokenIsTriedOnceInAJourney() {
        for destination in JourneyStage.destinations {
            var stage = JourneyStage.attempting(1, to: destination)
            let refused = JourneyMachine.Event.failed(FailedAttempt(JourneyStage.error(.authenticationFailed), .reauthenticate))
            #expect(stage.handle(refused).summary == "again")
            stage.machine.state = .attempting(JourneyStage.one)
            #expect(stage.handle(refused).summary == "give up")
        }
    }

    @Test func aPauseThatWouldEndTooLateIsNotBegun() {
        for advice in [Advice.again, .renew, .afterPause, .afterRefresh, .reconnect] {
            for destination in JourneyStage.destinations {
                var stage = JourneyStage.attempting(8, to: destination)
                stage.machine.tried = [JourneyStage.one, JourneyStage.two, JourneyStage.seed]
                stage.now = stage.machine.deadline - .milliseconds(1)
                let summary = stage.handle(.failed(FailedAttempt(JourneyStage.error(), advice))).summary
                #expect(summary.hasPrefix("time is up"), "\(advice) × \(destination): \(summary)")
            }
        }
    }

    /// A broker's own words tell more than that the time was up: but not where a write may have been executed meanwhile.
    @Test func theLastAnswerStandsForATimeoutThatLeavesNothingOpen() {
        let cells: [(Effect, KafkaError.Outcome, Bool)] = [
            (.reads, .notSent, true), (.reads, .unknown, true), (.writes, .notSent, true), (.writes, .unknown, false),
        ]
        for (effect, outcome, standsIn) in cells {
            for isLate in [true, false] {
                var stage = JourneyStage.attempting(2, to: .controller, effect)
                stage.machine.lastAnswer = JourneyStage.error(.brokerError(.notController), .answered)
                stage.now = isLate ? stage.machine.deadline : stage.machine.deadline - .seconds(1)
                let step = stage.handle(.failed(FailedAttempt(JourneyStage.error(.timedOut, outcome), .giveUp)))
                guard case .giveUp(let error) = step.action else {
                    Issue.record("\(step.summary)")
                    continue
                }
                #expect((error.code == .brokerError(.notController)) == (standsIn && isLate), "\(effect) × \(outcome) × late \(isLate)")
            }
        }
    }

    @Test func whoWasWaitedForLongIsAvoidedByTheNextCalls() {
        for (waited, isAvoided) in [(9, false), (10, true)] {
            var stage = JourneyStage.attempting(4, to: .broker(1), unreachable: true)
            stage.now = JourneyStage.start + .seconds(waited)
            let step = stage.handle(.failed(FailedAttempt(JourneyStage.error(.cannotConnect), .reconnect)))
            #expect(step.summary == (isAvoided ? "give up, forget one, avoid one" : "give up, forget one"))
            if isAvoided {
                #expect(step.notes.last == .avoid(JourneyStage.one, until: stage.now + .seconds(10), JourneyStage.error(.cannotConnect)))
            }
        }
    }

    @Test func everyBrokerThatCouldNotBeReachedIsNamed() {
        var stage = JourneyStage.attempting(4, to: .anyBroker)
        stage.machine.tried = [JourneyStage.one, JourneyStage.two, JourneyStage.seed]
        stage.machine.unreachable = ["one", "two", "seed"].map { JourneyStage.error(.cannotConnect, broker: $0) }
        let step = stage.handle(.failed(FailedAttempt(JourneyStage.error(.cannotConnect), .reconnect)))
        guard case .giveUp(let error) = step.action else {
            Issue.record("\(step.summary)")
            return
        }
        #expect(error.cause == "none of 3 brokers can be reached (one: broken; seed: broken; two: broken)")
        #expect(error.broker == nil)
    }

    /// The time is up before the number of attempts: who was tried is told all the same.
    @Test func whoWasTriedIsNamedWhereTheTimeIsUp() {
        var stage = JourneyStage.attempting(2, to: .anyBroker)
        stage.machine.tried = [JourneyStage.one, JourneyStage.two, JourneyStage.seed]
        stage.machine.unreachable = [JourneyStage.error(.cannotConnect, broker: "one")]
        stage.now = stage.machine.deadline - .milliseconds(1)
        let step = stage.handle(.failed(FailedAttempt(JourneyStage.error(.cannotConnect, broker: "two"), .reconnect)))
        guard case .giveUp(let error) = step.action else {
            Issue.record("\(step.summary)")
            return
        }
        #expect(
            error.cause.hasPrefix("none of 2 brokers can be reached (one: broken; two: broken) (given up after 2 attempts"),
            "\(error.cause)")
    }

    private func gaveUp(_ step: JourneyMachine.Step) throws -> KafkaError {
        guard case .giveUp(let error) = step.action else { throw JourneyStage.error(.fault) }
        return error
    }

    /// Whoever comes first: the code and the hint are those of the gravest, and each is named.
    @Test func theGravestOfSeveralCausesDecides() throws {
        let (untrusted, stranger) = (KafkaError.Code.tls, KafkaError.Code.protocolViolation)
        let cells: [([KafkaError.Code], KafkaError.Code)] = [
            ([untrusted, untrusted, untrusted], untrusted), ([untrusted, .cannotConnect, .connectionLost], untrusted),
            ([untrusted, stranger, .cannotConnect], stranger), ([.cannotConnect, stranger, .cannotConnect], stranger),
        ]
        for (codes, expected) in cells {
            for turn in 0..<3 {
                let order = Array(codes[turn...] + codes[..<turn])
                var stage = JourneyStage(to: .anyBroker)
                var last: JourneyMachine.Step?
                for _ in 0..<12 {
                    guard case .attempt(let address) = stage.handle(.ready).action else { break }
                    let known = [JourneyStage.one, JourneyStage.two, JourneyStage.seed]
                    let code = order[try #require(known.firstIndex(of: address))]
                    let isForGood = code == untrusted || code == stranger
                    let error = JourneyStage.error(code, broker: address.host)
                    last = stage.handle(.failed(FailedAttempt(error, isForGood ? .elsewhere : .reconnect)))
                    if stage.machine.state == .ended { break }
                }
                let error = try gaveUp(try #require(last))
                #expect(error.code == expected, "\(order)")
                #expect(error.cause == "none of 3 brokers can be reached (one: broken; seed: broken; two: broken)")
            }
        }
    }

    /// Somebody who hung up once is tried again, and who is not trusted is not, however many those are.
    @Test func whoIsNotTrustedIsNotTriedAgain() {
        for number in 1...9 {
            var stage = JourneyStage(to: .anyBroker)
            stage.outlook.nodes = [:]
            stage.outlook.bootstrap = (0...number).map { BrokerAddress(host: "b\($0)", port: 9092) }
            var visits: [String: Int] = [:]
            for _ in 0..<40 where stage.machine.state != .ended {
                guard case .attempt(let address) = stage.handle(.ready).action else { continue }
                visits[address.host, default: 0] += 1
                let isGood = address.host == "b0"
                if isGood, visits["b0"] == 3 { break }
                _ = stage.handle(
                    .failed(
                        FailedAttempt(
                            JourneyStage.error(isGood ? .cannotConnect : .tls, broker: address.host), isGood ? .reconnect : .elsewhere)))
            }
            #expect(visits == Dictionary(uniqueKeysWithValues: (0...number).map { ("b\($0)", $0 == 0 ? 3 : 1) }))
        }
    }

    /// That the time was up while one more connection was being made does not hide why none came to stand before.
    @Test func whyNobodyCouldBeReachedIsNotHiddenByTheTime() throws {
        for destination in JourneyStage.destinations {
            var stage = JourneyStage.attempting(2, to: destination, unreachable: true)
            stage.now = stage.machine.deadline
            let late = KafkaError(.timedOut, broker: "one", outcome: .notSent, cause: "no answer within 4.9 s", hint: "Raise it.")
            let error = try gaveUp(stage.handle(.failed(FailedAttempt(late, .afterPause))))
            #expect(error.code == .cannotConnect && error.cause.hasPrefix("broken (given up after 2 attempts"), "\(destination): \(error)")
        }
    }
}
