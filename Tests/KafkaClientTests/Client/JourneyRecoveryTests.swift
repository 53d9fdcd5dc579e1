import KafkaProtocol
import Testing

@testable import KafkaClient

/// Every advice against every destination, effect and number of attempts.
@Suite struct JourneyRecoveryTests {
    static let attempts = [1, 3, 4, 7, 8]

    /// After attempts 1, 3, 4, 7 and 8. `any`: to any broker, with somebody left to try; `alone`: with nobody left; `one`: to a
    /// certain broker. Four attempts to connect are the limit, eight at once without a pause.
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
    ]

    static let outcomes: [KafkaError.Outcome] = [.notSent, .answered, .unknown]

    @Test(arguments: [Effect.reads, .writes], outcomes)
    func everyAdviceIsFollowed(effect: Effect, outcome: KafkaError.Outcome) {
        var cells = 0
        for (advice, place, reactions) in Self.table {
            for destination in JourneyStage.destinations where (destination == .anyBroker) == (place != "one") {
                for (number, reaction) in zip(Self.attempts, reactions) {
                    var stage = JourneyStage.attempting(number, to: destination, effect, unreachable: advice == .reconnect)
                    if place == "alone" { stage.machine.tried = [JourneyStage.one, JourneyStage.two, JourneyStage.seed] }
                    let step = stage.handle(.failed(FailedAttempt(JourneyStage.error(.connectionLost, outcome), advice)))
                    // The effect has had its say when the failure was judged: see FailedAttemptTests.
                    #expect(step.summary == reaction, "\(advice) × \(destination) × \(effect) × \(number) (\(place))")
                    #expect(stage.machine.state == (reaction.hasPrefix("give up") ? .ended : .resting))
                    cells += 1
                }
            }
        }
        #expect(cells == 7 * (1 + 1 + 4) * 5)
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
}
