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

    struct Failure: Error, Equatable { var number = 0 }

    final class Shop: Sendable {
        let sold = NIOLockedValueBox(0)
        let isClosed = Atomic(false)
        let time: TestTime
        init(_ time: TestTime) { self.time = time }

        func fetch() async throws(Failure) -> Perishable<Int, Failure>.Batch {
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
        let (shop, kept) = (Shop(time), Perishable<Int, Failure>())
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask { try await kept.value(time, cancelled: Failure()) { () async throws(Failure) in try await shop.fetch() } }
            }
            for try await value in group { #expect(value == 1) }
        }
        #expect(shop.sold.withLockedValue { $0 } == 1)
    }

    @Test func itIsFetchedAgainWhenDueAndTheOldOneServesWhileThatFails() async throws {
        let time = TestTime()
        let (shop, kept) = (Shop(time), Perishable<Int, Failure>())
        func value() async throws(Failure) -> Int {
            try await kept.value(time, cancelled: Failure()) { () async throws(Failure) in try await shop.fetch() }
        }
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

    /// A shop whose every fetch waits until it is let go, or is cancelled.
    final class SlowShop: Sendable {
        let asked = NIOLockedValueBox(0)
        let isOpen = Atomic(false)

        func fetch() async throws(Failure) -> Perishable<Int, Failure>.Batch {
            let number = asked.withLockedValue { asked in
                asked += 1
                return asked
            }
            while !isOpen.load(ordering: .relaxed) {
                if Task.isCancelled { throw Failure(number: -number) }
                await Task.yield()
            }
            throw Failure(number: number)
        }
    }

    private func outcome(_ kept: Perishable<Int, Failure>, _ shop: SlowShop, _ time: TestTime) async -> Failure? {
        do throws(Failure) {
            _ = try await kept.value(time, cancelled: Failure(number: 99)) { () async throws(Failure) in try await shop.fetch() }
            return nil
        } catch {
            return error
        }
    }

    @Test func thoseWhoWaitedForAFetchThatFailsGetItsFailureAndNoTurnOfTheirOwn() async throws {
        let (time, shop, kept) = (TestTime(), SlowShop(), Perishable<Int, Failure>())
        await withTaskGroup(of: Failure?.self) { group in
            for _ in 0..<10 { group.addTask { await outcome(kept, shop, time) } }
            while kept.waitingNow < 9 { await Task.yield() }
            shop.isOpen.store(true, ordering: .relaxed)
            for await failure in group { #expect(failure == Failure(number: 1)) }
        }
        #expect(shop.asked.withLockedValue { $0 } == 1)
        // Who comes later tries anew.
        #expect(await outcome(kept, shop, time) == Failure(number: 2))
    }

    @Test func whoWaitsCanBeCancelledAndWhoFetchesHandsOverWhenCancelled() async throws {
        let (time, shop, kept) = (TestTime(), SlowShop(), Perishable<Int, Failure>())
        await withTaskGroup(of: (String, Failure?).self) { group in
            let first = Cancellable()
            group.addTask { ("first", await first.run { await outcome(kept, shop, time) }) }
            while shop.asked.withLockedValue({ $0 }) < 1 { await Task.yield() }
            let second = Cancellable()
            group.addTask { ("second", await second.run { await outcome(kept, shop, time) }) }
            while kept.waitingNow < 1 { await Task.yield() }
            group.addTask { ("third", await outcome(kept, shop, time)) }
            while kept.waitingNow < 2 { await Task.yield() }
            second.cancel()
            #expect(await group.next().map { $0.0 == "second" && $0.1 == Failure(number: 99) } == true)
            first.cancel()
            #expect(await group.next().map { $0.0 == "first" && $0.1 == Failure(number: -1) } == true)
            while shop.asked.withLockedValue({ $0 }) < 2 { await Task.yield() }
            shop.isOpen.store(true, ordering: .relaxed)
            #expect(await group.next().map { $0.0 == "third" && $0.1 == Failure(number: 2) } == true)
        }
    }

    /// A task that another one can cancel, within the structure.
    final class Cancellable: Sendable {
        private let isCancelled = Atomic(false)

        func cancel() { isCancelled.store(true, ordering: .relaxed) }

        func run(_ body: @escaping @Sendable () async -> Failure?) async -> Failure? {
            await withTaskGroup(of: Failure?.self) { group in
                group.addTask { await body() }
                group.addTask {
                    while !self.isCancelled.load(ordering: .relaxed), !Task.isCancelled { await Task.yield() }
                    return nil
                }
                var result: Failure?
                for await some in group {
                    group.cancelAll()
                    result = some ?? result
                }
                return result
            }
        }
    }

    @Test func aValueThatTurnedOutToBeOfNoUseIsFetchedAgainAndANewerOneStays() async throws {
        let time = TestTime()
        let (shop, kept) = (Shop(time), Perishable<Int, Failure>())
        func value() async throws(Failure) -> Int {
            try await kept.value(time, cancelled: Failure()) { () async throws(Failure) in try await shop.fetch() }
        }
        #expect(try await value() == 1)
        kept.discard { $0 == 1 }
        #expect(try await value() == 2)
        kept.discard { $0 == 1 }
        #expect(try await value() == 2)
    }
}
