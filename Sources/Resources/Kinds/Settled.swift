import KafkaClient
import Seams

/// Writes that are the same done twice as done once, until it is known what became of them.
///
/// An answer that was lost, or was a time-out, leaves open whether the change was made. The target tells: what it holds already was done;
/// what it does not hold is sent again. Only what cannot be told, or is lost each time, stays unknown.
enum Settled {
    /// How often a change is sent at most.
    static let rounds = 3
    /// Between looks at what the target says to have done already and does not show yet; in order.
    static let pauses: [Duration] = [.milliseconds(200), .milliseconds(500), .seconds(1), .seconds(3)]

    /// - Parameters:
    ///   - send: sends some of the items. What it throws the first time is thrown.
    ///   - look: whether the target holds what each of some items asks for; left out where it cannot be told.
    static func write<Item, Key: Hashable>(
        _ items: [Item], key: (Item) -> Key, time: any TimeSource, send: ([Item]) async throws -> [Key: WriteResult],
        look: ([Item]) async throws -> [Key: Bool]
    ) async throws -> [Key: WriteResult] {
        var results = try await send(items)
        for round in 1...rounds {
            let doubtful = items.filter { results[key($0)]?.outcome ?? .unknown == .unknown }
            guard !doubtful.isEmpty, !Task.isCancelled, let found = try? await look(doubtful) else { break }
            for item in doubtful where found[key(item)] == true { results[key(item)] = WriteResult(.done) }
            let missing = doubtful.filter { found[key($0)] == false }
            guard !missing.isEmpty, round < rounds, let answers = try? await send(missing) else { break }
            for item in missing {
                guard let answer = answers[key(item)] else { continue }
                // A refusal may say that the first one has done it after all.
                if answer.outcome == .refused, await shows(item, key, time, look) {
                    results[key(item)] = WriteResult(.done)
                } else {
                    results[key(item)] = answer
                }
            }
        }
        return results
    }

    private static func shows<Item, Key: Hashable>(
        _ item: Item, _ key: (Item) -> Key, _ time: any TimeSource, _ look: ([Item]) async throws -> [Key: Bool]
    ) async -> Bool {
        for pause in pauses {
            guard let found = try? await look([item])[key(item)] else { return false }
            if found { return true }
            guard (try? await time.sleep(for: pause)) != nil else { return false }
        }
        return false
    }
}
