import Bytes
import KafkaProtocol

extension KafkaClient {
    /// Asks every group's coordinator about its groups, 1,000 a call. A group whose answer says that it has moved, or that its
    /// coordinator is not ready, is looked for again among the listings (never by FindCoordinator), a bounded number of times.
    /// What could not be read at all is unread; an error that is the group's own stays in its value.
    func atCoordinators<Value: Sendable>(
        _ groups: [ListedGroup], subject: String, error: @escaping @Sendable (Value) -> ErrorCode,
        ask: @escaping @Sendable (Int32, [ListedGroup]) async throws(KafkaError) -> [ByteString: Value]
    ) async throws(KafkaError) -> Sharded<[ByteString: Value]> {
        var found: [ByteString: Value] = [:]
        var unread: [Unread] = []
        var left = Dictionary(groups.map { ($0.id, $0) }) { first, _ in first }
        var backoff = Backoff(first: configuration.retryBackoff, limit: configuration.retryBackoffMax)
        var rounds = 0
        while !left.isEmpty {
            rounds += 1
            let parts = GroupPart.split(Array(left.values))
            let answers = await each(parts) { (part) async throws(KafkaError) in try await ask(part.coordinator, part.groups) }
            var moved: [ListedGroup] = []
            for part in parts {
                switch answers[part] {
                case .success(let values):
                    for group in part.groups {
                        left[group.id] = nil
                        guard let value = values[group.id] else {
                            unread.append(.leftOut(group, subject))
                            continue
                        }
                        if error(value).concernsCoordinator, rounds < Self.coordinatorRounds { moved.append(group) }
                        found[group.id] = value
                    }
                case .failure(let error):
                    for group in part.groups {
                        left[group.id] = nil
                        unread.append(Unread(broker: part.coordinator, subject: "\(subject) \(group.id)", error: error))
                    }
                case nil: break
                }
            }
            guard !moved.isEmpty else { break }
            try await pause(&backoff)
            let listed = Dictionary(try await listGroups().value.map { ($0.id, $0) }) { first, _ in first }
            for group in moved { left[group.id] = listed[group.id] ?? group }
        }
        return Sharded(found, unread: unread)
    }

    /// How often moved groups are looked for.
    private static var coordinatorRounds: Int { 5 }

    func pause(_ backoff: inout Backoff) async throws(KafkaError) {
        do {
            try await time.sleep(for: backoff.next(chance))
        } catch {
            throw .cancelled(broker: nil, api: nil, sent: false)
        }
    }
}

/// Groups of one coordinator that go into one request.
struct GroupPart: Hashable, Sendable {
    var coordinator: Int32
    var groups: [ListedGroup]

    static func split(_ groups: [ListedGroup]) -> [GroupPart] {
        Dictionary(grouping: groups, by: \.coordinator).sorted { $0.key < $1.key }.flatMap { coordinator, groups in
            groups.sorted { $0.id < $1.id }.batches(of: 1000).map { GroupPart(coordinator: coordinator, groups: $0) }
        }
    }
}

extension Unread {
    fileprivate static func leftOut(_ group: ListedGroup, _ subject: String) -> Unread {
        Unread(
            broker: group.coordinator, subject: "\(subject) \(group.id)",
            error: KafkaError(
                .protocolViolation, broker: "broker \(group.coordinator)", outcome: .answered,
                cause: "the broker's answer leaves the group out",
                hint: "Run the command again; if it stays so, see the broker's log."))
    }
}

extension ErrorCode {
    /// Whether the group's coordinator is another one, or not ready.
    var concernsCoordinator: Bool { self == .notCoordinator || self == .coordinatorNotAvailable || self == .coordinatorLoadInProgress }
}
