import NIOConcurrencyHelpers
import Synchronization
import Testing

@testable import Seams

@Suite struct PerishableTests {
    final class TestTime: TimeSource {
        private let moment = NIOLockedValueBox(Timestamp(milliseconds: 0))
        func now() -> Timestamp { moment.withLockedValue { $0 } }
        func uptime() -> Duration { .milliseconds(now().milliseconds) }
        func sleep(for duration: Duration) async throws {}
        func pass(_ duration: Duration) { moment.withLockedValue { $0 = $0.advanced(by: duration) } }
    }

    struct Failure: Error {}

    final class Shop: Sendable {
        let sold = NIOLockedValueBox(0)
        let isClosed = Atomic(false)
        let time: TestTime
        init(_ time: TestTime) { self.time = time }

        func fetch() async throws(Failure) -> Perishable<Int>.Batch {
            if isClosed.load(ordering: .relaxed) { throw Failure() }
            let number = sold.withLockedValue { sold in
                sold += 1
                return sold
            }
            // Others get a chance to come while it is under way.
            for _ in 0..<20 { await Task.yield() }
            let now = time.now()
            return Perishable.Batch(number, due: now.advanced(by: .seconds(80)), expiry: now.advanced(by: .seconds(100)))
        }
    }

    @Test func manyWhoAskAtOnceShareOneFetch() async throws {
        let time = TestTime()
        let (shop, kept) = (Shop(time), Perishable<Int>())
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { try await kept.value(time) { () async throws(Failure) in try await shop.fetch() } } }
            for try await value in group { #expect(value == 1) }
        }
        #expect(shop.sold.withLockedValue { $0 } == 1)
    }

    @Test func itIsFetchedAgainWhenDueAndTheOldOneServesWhileThatFails() async throws {
        let time = TestTime()
        let (shop, kept) = (Shop(time), Perishable<Int>())
        func value() async throws(Failure) -> Int { try await kept.value(time) { () async throws(Failure) in try await shop.fetch() } }
        #expect(try await value() == 1)
        time.pass(.seconds(79))
        #expect(try await value() == 1)
        shop.isClosed.store(true, ordering: .relaxed)
        time.pass(.seconds(2))
        #expect(try await value() == 1)
        // Open again, and yet not asked before a while has passed.
        shop.isClosed.store(false, ordering: .relaxed)
        #expect(try await value() == 1)
        time.pass(.seconds(20))
        #expect(try await value() == 2)
        shop.isClosed.store(true, ordering: .relaxed)
        time.pass(.seconds(101))
        await #expect(throws: Failure.self) { try await value() }
    }
}
