import Testing

@testable import KafkaClient

/// Every stage of a session against every event.
@Suite struct SessionValueTests {
    /// At these seconds of a session of 1000 that is renewed after 900: is a grant wanted, and may calls go on without?
    static let table: [(second: Int, isDue: Bool, goesOn: Bool, dueAgainAt: Int)] = [
        (0, false, true, 10), (899, false, true, 909), (900, true, true, 910), (975, true, true, 980), (979, true, true, 980),
        // The broker would close the connection on who comes a little late.
        (980, true, false, 900), (1000, true, false, 900), (5000, true, false, 900),
    ]

    @Test func aSessionGoesOnWithoutAGrantUntilItIsNearlyOver() {
        for (second, isDue, goesOn, dueAgainAt) in Self.table {
            var session = Session(at: .seconds(50), lifetime: 1_000_000, share: 900)
            let now = Duration.seconds(50 + second)
            #expect(session.isDue(at: now) == isDue, "\(second)")
            #expect(session.postpone(at: now) == goesOn, "\(second)")
            #expect(session.due == .seconds(50 + dueAgainAt), "\(second)")
        }
    }

    @Test func theLongestSessionHasAnEnd() {
        let session = Session(at: .seconds(50), lifetime: .max, share: 850)
        #expect(!session.isDue(at: .seconds(1_000_000_000)))
    }
}
