import KafkaClient
import KafkaProtocol
import NIOConcurrencyHelpers
import Seams
import Testing

@testable import Resources

/// What becomes of a change whose answer was lost, on a target that shows late what it did.
@Suite struct SettledTests {
    /// A target that does everything at once, loses its first answer, refuses what it did already, and shows it from `shownAfter` on.
    private final class LateTarget: TimeSource {
        private let passed = NIOLockedValueBox(Duration.zero)
        private let sent = NIOLockedValueBox(0)
        let shownAfter: Duration
        let shows: Settled.Sight
        let refusal: ErrorCode

        init(shownAfter: Duration, shows: Settled.Sight = .made, refusal: ErrorCode = .topicAlreadyExists) {
            (self.shownAfter, self.shows, self.refusal) = (shownAfter, shows, refusal)
        }

        var sendings: Int { sent.withLockedValue { $0 } }
        func now() -> Timestamp { Timestamp(milliseconds: 0).advanced(by: uptime()) }
        func uptime() -> Duration { passed.withLockedValue { $0 } }
        func sleep(for duration: Duration) async throws { passed.withLockedValue { $0 += duration } }

        func write(_ names: [String], claim: Settled.Claim?) async throws -> [String: WriteResult] {
            try await Settled.write(
                names, key: \.self, time: self,
                send: { names in
                    let isFirst = self.sent.withLockedValue { sent in
                        sent += 1
                        return sent == 1
                    }
                    return Dictionary(
                        uniqueKeysWithValues: names.map {
                            ($0, isFirst ? WriteResult(.unknown) : WriteResult(.refused, error: self.refusal))
                        })
                }, claim: claim
            ) { names in
                Dictionary(uniqueKeysWithValues: names.map { ($0, self.uptime() >= self.shownAfter ? self.shows : .notYet) })
            }
        }
    }

    private static let claim = Settled.Claim(isMade: { $0.error == .topicAlreadyExists }, within: .seconds(180))

    @Test(arguments: [0, 1, 4, 60, 175])
    func whatTheTargetSaysIsThereIsLookedForAsLongAsItMayTake(_ seconds: Int) async throws {
        let target = LateTarget(shownAfter: .seconds(seconds))
        let results = try await target.write(["a", "b"], claim: Self.claim)
        #expect(results == ["a": WriteResult(.done), "b": WriteResult(.done)])
        // All are waited for at once, and no longer than it takes.
        #expect(target.uptime() < .seconds(seconds + 4))
    }

    @Test func whatIsSaidToBeThereAndNeverSeenIsUnknownAndNotAskedForAgain() async throws {
        let target = LateTarget(shownAfter: .seconds(10_000))
        let results = try await target.write(["a"], claim: Self.claim)
        #expect(results["a"]?.outcome == .unknown && results["a"]?.error == .topicAlreadyExists)
        #expect(results["a"]?.message?.contains("was not seen within") == true)
        #expect(target.sendings == 2 && target.uptime() > .seconds(180) && target.uptime() < .seconds(190))
    }

    @Test func somethingElseThatStandsThereIsARefusalWithinSeconds() async throws {
        let target = LateTarget(shownAfter: .seconds(2), shows: .otherwise)
        let results = try await target.write(["a"], claim: Self.claim)
        #expect(results["a"] == WriteResult(.refused, error: .topicAlreadyExists) && target.uptime() < .seconds(6))
    }

    @Test func aRefusalForAnotherReasonIsNotWaitedFor() async throws {
        let target = LateTarget(shownAfter: .seconds(10_000), refusal: .policyViolation)
        let results = try await target.write(["a"], claim: Self.claim)
        #expect(results["a"] == WriteResult(.refused, error: .policyViolation) && target.uptime() < .seconds(6))
    }
}
