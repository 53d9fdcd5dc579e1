import KafkaProtocol

extension KafkaClient {
    /// Characters of a broker's words about one item. It may list brokers, partitions or values.
    static let longestMessage = 1000

    /// Sends changes batch by batch and gathers what became of each.
    ///
    /// Where a whole batch is too much for a broker it answers POLICY_VIOLATION, −1, MESSAGE_TOO_LARGE or
    /// INVALID_COMMIT_OFFSET_SIZE for every item in it: the items are sent again in halves, down to single ones. −1 is also
    /// what a broker says that may have done it; so "exists already" and the like, said to an item sent again after such an
    /// answer, counts as unknown. Items over the quota of controller mutations are sent again later.
    ///
    /// Throws where the first batch could not be sent at all; afterwards every failure is in the results.
    func write<Item: Sendable, Key: Hashable & Sendable>(
        _ batches: [[Item]], key: (Item) -> Key, send: ([Item]) async throws(KafkaError) -> [Key: WriteResult]
    ) async throws(KafkaError) -> [Key: WriteResult] {
        var results: [Key: WriteResult] = [:]
        var queue = Array(batches.filter { !$0.isEmpty }.reversed())
        var doubtful: Set<Key> = []
        var backoff = Backoff(first: configuration.retryBackoff, limit: configuration.retryBackoffMax)
        let deadline = time.uptime() + configuration.apiTimeout
        while let batch = queue.popLast() {
            let answers: [Key: WriteResult]
            do throws(KafkaError) {
                answers = try await send(batch)
            } catch {
                if results.isEmpty, error.outcome == .notSent { throw error }
                for item in batch { results[key(item)] = .failed(error) }
                continue
            }
            var split: [Item] = []
            var later: [Item] = []
            for item in batch {
                let key = key(item)
                var result = answers[key] ?? WriteResult(.unknown, message: "the broker's answer leaves it out")
                result.message = result.message.map { redaction.words($0, upTo: Self.longestMessage) }
                if result.error == .throttlingQuotaExceeded, time.uptime() < deadline {
                    later.append(item)
                } else if result.error.mayMeanTooMuch, batch.count > 1 {
                    if result.outcome == .unknown { doubtful.insert(key) }
                    split.append(item)
                } else if doubtful.contains(key), result.error.saysAlreadyDone {
                    result.outcome = .unknown
                }
                results[key] = result
            }
            if !later.isEmpty {
                queue.append(later)
                try? await pause(&backoff)
                if Task.isCancelled { break }
            }
            if !split.isEmpty {
                let isSmaller = split.count < batch.count
                queue += isSmaller ? [split] : split.batches(of: (split.count + 1) / 2).reversed()
            }
        }
        return results
    }
}

extension ErrorCode {
    /// Whether it is what brokers answer to every item of a request that is too large as a whole.
    fileprivate var mayMeanTooMuch: Bool {
        switch self {
        case .policyViolation, .unknownServerError, .messageTooLarge, .invalidCommitOffsetSize: true
        default: false
        }
    }

    /// Whether a change that was done before gives this answer.
    fileprivate var saysAlreadyDone: Bool {
        switch self {
        case .topicAlreadyExists, .invalidPartitions, .unknownTopicOrPartition, .groupIdNotFound: true
        default: false
        }
    }
}

/// Cuts items into batches by two sums at once.
func batches<Item>(_ items: [Item], _ first: (limit: Int, of: (Item) -> Int), _ second: (limit: Int, of: (Item) -> Int)) -> [[Item]] {
    var all: [[Item]] = []
    var batch: [Item] = []
    var sums = (0, 0)
    for item in items {
        let cost = (first.of(item), second.of(item))
        if !batch.isEmpty, sums.0 + cost.0 > first.limit || sums.1 + cost.1 > second.limit {
            all.append(batch)
            batch = []
            sums = (0, 0)
        }
        batch.append(item)
        sums = (sums.0 + cost.0, sums.1 + cost.1)
    }
    if !batch.isEmpty { all.append(batch) }
    return all
}
