import Testing

@testable import Seams

@Suite struct PerishableStoreTests {
    private typealias Store = PerishableStore<String, Int, Failure>

    struct Failure: Error {}

    private static let time = PerishableTests.TestTime()

    /// What is kept for the key, or `fresh`.
    private func value(_ store: Store, _ key: String, fresh: Int) async throws(Failure) -> Int {
        try await store.perishable(for: key).value(Self.time, cancelled: Failure()) { () async throws(Failure) in
            Perishable.Batch(fresh, due: nil, expiry: nil)
        }
    }

    @Test func theSameKeyFindsWhatWasFetchedAndAnotherDoesNot() async throws {
        let store = Store()
        #expect(try await value(store, "a", fresh: 1) == 1)
        #expect(try await value(store, "b", fresh: 2) == 2)
        #expect(try await value(store, "a", fresh: 3) == 1)
    }

    @Test func whatIsOfNoUseIsForgottenUnderEveryKey() async throws {
        let store = Store()
        for (key, number) in [("a", 1), ("b", 1), ("c", 2)] { #expect(try await value(store, key, fresh: number) == number) }
        store.discard { $0 == 1 }
        #expect(try await value(store, "a", fresh: 7) == 7)
        #expect(try await value(store, "b", fresh: 8) == 8)
        #expect(try await value(store, "c", fresh: 9) == 2)
    }

    @Test func ofMoreThanItHoldsTheLongestUnusedGoes() async throws {
        let store = Store(capacity: 2)
        #expect(try await value(store, "a", fresh: 1) == 1)
        #expect(try await value(store, "b", fresh: 2) == 2)
        #expect(try await value(store, "a", fresh: 9) == 1)
        #expect(try await value(store, "c", fresh: 3) == 3)
        #expect(try await value(store, "a", fresh: 9) == 1)
        #expect(try await value(store, "c", fresh: 9) == 3)
        #expect(try await value(store, "b", fresh: 4) == 4)
    }
}
