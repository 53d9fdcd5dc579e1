import KafkaClient
import Seams

/// Writes that are the same done twice as done once, until it is known what became of them.
///
/// An answer that was lost, or was a time-out, leaves open whether the change was made. The target tells: what it holds already was done;
/// what it does not hold is sent again. Only what cannot be told, or is lost each time, stays unknown.
enum Settled {
    /// What the target shows of a change.
    enum Sight {
        /// It was made.
        case made
        /// It was not, or is not shown yet.
        case notYet
        /// What stands there now is something else.
        case otherwise
    }

    /// A refusal that says that the change was made already: what it says is looked for until the target shows it, or something else.
    struct Claim: Sendable {
        var isMade: @Sendable (WriteResult) -> Bool
        /// How long the target may take to show it.
        var within: Duration
    }

    /// How often a change is sent at most.
    static let rounds = 3
    /// Between looks at what the target says to have done already and does not show yet; in order.
    static let pauses: [Duration] = [.milliseconds(200), .milliseconds(500), .seconds(1), .seconds(3)]

    /// - Parameters:
    ///   - send: sends some of the items. What it throws the first time is thrown.
    ///   - claim: for targets that show late what they did.
    ///   - look: what the target shows of each of some items; left out where it cannot be told.
    static func write<Item, Key: Hashable>(
        _ items: [Item], key: (Item) -> Key, time: any TimeSource, send: ([Item]) async throws -> [Key: WriteResult],
        claim: Claim? = nil, look: ([Item]) async throws -> [Key: Sight]
    ) async throws -> [Key: WriteResult] {
        var results = try await send(items)
        var open = items
        for round in 1...rounds {
            open = open.filter { results[key($0)]?.outcome ?? .unknown == .unknown }
            guard !open.isEmpty, !Task.isCancelled, let found = try? await look(open) else { break }
            for item in open where found[key(item)] == .made { results[key(item)] = WriteResult(.done) }
            let missing = open.filter { found[key($0)].map { $0 != .made } ?? false }
            guard !missing.isEmpty, round < rounds, let answers = try? await send(missing) else { break }
            for (name, answer) in answers { results[name] = answer }
            // A refusal may say that the first one has done it after all.
            let refused = missing.filter { answers[key($0)]?.outcome == .refused }
            let claimed = refused.filter { item in
                guard let claim, let answer = answers[key(item)] else { return false }
                return claim.isMade(answer)
            }
            let (made, unseen) = await seek(refused, claimed: Set(claimed.map(key)), claim?.within ?? .zero, key, time, look)
            for name in made { results[name] = WriteResult(.done) }
            for name in unseen {
                results[name] = WriteResult(
                    .unknown, error: answers[name]?.error ?? .none,
                    message:
                        "what became of the first request is not known; the answer to the second says that it is done, and it was not seen "
                        + "within \(claim?.within ?? .zero)")
            }
            // Asked again they would be told the same.
            open = open.filter { !unseen.contains(key($0)) }
        }
        return results
    }

    /// Which of some changes come to be seen; and which of the `claimed`, for which it waits `within`, are still not shown then.
    private static func seek<Item, Key: Hashable>(
        _ items: [Item], claimed: Set<Key>, _ within: Duration, _ key: (Item) -> Key, _ time: any TimeSource,
        _ look: ([Item]) async throws -> [Key: Sight]
    ) async -> (made: Set<Key>, unseen: Set<Key>) {
        var seen: [Key: Sight] = [:]
        let deadline = time.uptime() + within
        var sought = items
        var looks = 0
        while !sought.isEmpty, let found = try? await look(sought) {
            for item in sought { seen[key(item)] = found[key(item)] }
            looks += 1
            // Something else that stands there may be half of what is to come, for as long as after any refusal.
            let isEarly = looks <= pauses.count
            sought = sought.filter { item in
                let sight = seen[key(item)]
                return sight != .made && (isEarly || sight != .otherwise && claimed.contains(key(item)))
            }
            guard !sought.isEmpty, isEarly || time.uptime() < deadline else { break }
            guard (try? await time.sleep(for: isEarly ? pauses[looks - 1] : pauseOfTheClaimed)) != nil else { break }
        }
        return (
            made: Set(seen.filter { $0.value == .made }.keys),
            unseen: claimed.filter { seen[$0] != .made && seen[$0] != .otherwise }
        )
    }

    private static let pauseOfTheClaimed = Duration.seconds(2)
}
