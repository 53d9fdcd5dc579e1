import Host
import KafkaProtocol
import Logging
import NIOPosix
import Seams
import Synchronization
import Testing

@testable import KafkaClient

@Suite struct BatchedWritesTests {
    /// Sends items 0..<count in one batch to a broker that `answers` for; returns the results and the batches' sizes.
    private func write(
        _ count: Int, _ answer: @escaping ([Int]) throws(KafkaError) -> [Int: WriteResult]
    ) async throws -> (results: [Int: WriteResult], sizes: [Int]) {
        let client = try KafkaClient(
            ClientConfiguration(bootstrap: [BrokerAddress(host: "127.0.0.1", port: 1)]), time: PatientTime(), chance: SeededChance(seed: 1),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        var sizes: [Int] = []
        let results = try await client.write([Array(0..<count)], key: { $0 }) { (batch) async throws(KafkaError) in
            sizes.append(batch.count)
            return try answer(batch)
        }
        await client.close()
        return (results, sizes)
    }

    private func all(_ batch: [Int], _ result: WriteResult) -> [Int: WriteResult] {
        Dictionary(uniqueKeysWithValues: batch.map { ($0, result) })
    }

    @Test(arguments: [ErrorCode.policyViolation, .unknownServerError, .messageTooLarge, .invalidCommitOffsetSize])
    func aBatchThatIsTooMuchIsHalvedUntilItFits(code: ErrorCode) async throws {
        let (results, sizes) = try await write(100) { (batch) throws(KafkaError) in
            all(batch, batch.count > 30 ? .answered(code) : .answered(.none))
        }
        #expect(results.count == 100 && results.values.allSatisfy { $0.isDone })
        #expect(sizes == [100, 50, 25, 25, 50, 25, 25])
    }

    @Test func oneItemThatViolatesAPolicyFailsAlone() async throws {
        let (results, sizes) = try await write(8) { (batch) throws(KafkaError) in
            Dictionary(uniqueKeysWithValues: batch.map { ($0, .answered($0 == 5 ? .policyViolation : .none)) })
        }
        #expect(results.filter { !$0.value.isDone }.keys.sorted() == [5])
        #expect(results[5]?.outcome == .refused)
        #expect(sizes == [8, 1])
    }

    @Test func existsAlreadyAfterAnAmbiguousAnswerIsUnknown() async throws {
        let (results, _) = try await write(2) { (batch) throws(KafkaError) in
            if batch.count == 2 { return all(batch, .answered(.unknownServerError)) }
            return all(batch, .answered(batch == [0] ? .topicAlreadyExists : .none))
        }
        #expect(results[0]?.outcome == .unknown)
        #expect(results[0]?.error == .topicAlreadyExists)
        #expect(results[1]?.outcome == .done)
    }

    @Test func existsAlreadyAtOnceIsRefused() async throws {
        let (results, _) = try await write(1) { (batch) throws(KafkaError) in all(batch, .answered(.topicAlreadyExists)) }
        #expect(results[0]?.outcome == .refused)
    }

    @Test func itemsOverTheMutationQuotaAreSentAgain() async throws {
        var round = 0
        let (results, sizes) = try await write(5) { (batch) throws(KafkaError) in
            round += 1
            return Dictionary(uniqueKeysWithValues: batch.map { ($0, .answered($0 < round * 2 ? .none : .throttlingQuotaExceeded)) })
        }
        #expect(results.values.allSatisfy { $0.isDone })
        #expect(sizes == [5, 3, 1])
    }

    @Test func anItemThatTheAnswerLeavesOutIsUnknown() async throws {
        #expect(try await write(1) { (_) throws(KafkaError) in [:] }.results[0]?.outcome == .unknown)
    }

    @Test func aFailureBeforeAnythingWasSentIsThrownAndALaterOneIsAResult() async throws {
        let unsent = KafkaError(.cannotConnect, outcome: .notSent, cause: "gone", hint: "Wait.")
        await #expect(throws: unsent) { try await write(1) { (_) throws(KafkaError) in throw unsent } }
        let (results, _) = try await write(4) { (batch) throws(KafkaError) in
            if batch.count == 4 { return all(batch, .answered(.policyViolation)) }
            if batch == [0, 1] { return all(batch, .answered(.none)) }
            throw unsent
        }
        #expect(results.mapValues(\.outcome) == [0: .done, 1: .done, 2: .notSent, 3: .notSent])
    }

    @Test func itemsAreCutByBothSums() {
        let cut = batches([1, 2, 3, 4, 50, 1], (5, { $0 }), (2, { _ in 1 }))
        #expect(cut == [[1, 2], [3], [4], [50], [1]])
        #expect(batches([Int](), (5, { $0 }), (2, { _ in 1 })).isEmpty)
    }
}

@Suite struct BackoffTests {
    @Test func pausesDoubleUpToTheLimitAndSpreadByAFifth() {
        let chance = SeededChance(seed: 3)
        var backoff = Backoff(first: .milliseconds(100), limit: .seconds(1))
        for middle in [100, 200, 400, 800, 1000, 1000] {
            let pause = backoff.next(chance)
            #expect(pause >= .milliseconds(middle * 8 / 10) && pause <= .milliseconds(middle * 12 / 10))
        }
    }
}

@Suite struct ConsumerAssignmentTests {
    @Test func partitionsAreReadAndOtherBytesAreNot() {
        let bytes: [UInt8] = [0, 1, 0, 0, 0, 1, 0, 2, 0x61, 0x62, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]
        #expect(ConsumerAssignment.partitions(in: bytes) == [TopicPartition("ab", 1), TopicPartition("ab", 3)])
        #expect(ConsumerAssignment.partitions(in: []) == [])
        for length in 1..<22 { #expect(ConsumerAssignment.partitions(in: Array(bytes[..<length])) == nil) }
        #expect(ConsumerAssignment.partitions(in: [0, 0, 0x7f, 0xff, 0xff, 0xff]) == nil)
    }
}
