import Bytes
import KafkaProtocol

/// The limits that are set, by whom they are for.
struct QuotaStore: Sendable {
    private(set) var values: [QuotaEntity: [QuotaKey: Double]] = [:]

    mutating func set(_ key: QuotaKey, _ value: Double?, of entity: QuotaEntity) {
        values[entity, default: [:]][key] = value
        if values[entity]?.isEmpty == true { values[entity] = nil }
    }

    /// The limit that holds for a user's client, and whose it is: everybody whom the entity found stands for shares it.
    ///
    /// The closest of Kafka's eight levels counts: both named, the user with any client, the user, any user with the client,
    /// any user with any client, any user, the client, any client.
    func limit(_ key: QuotaKey, user: ByteString, clientID: ByteString) -> Limit? {
        let levels: [(asked: [QuotaEntity.Kind: ByteString?], shared: [ByteString?])] = [
            ([.user: user, .clientID: clientID], [user, clientID]),
            ([.user: user, .clientID: nil], [user, clientID]),
            ([.user: user], [user, nil]),
            ([.user: nil, .clientID: clientID], [user, clientID]),
            ([.user: nil, .clientID: nil], [user, clientID]),
            ([.user: nil], [user, nil]),
            ([.clientID: clientID], [nil, clientID]),
            ([.clientID: nil], [nil, clientID]),
        ]
        for level in levels {
            guard let value = values[QuotaEntity(level.asked)]?[key] else { continue }
            // What is no number is no limit.
            return value.isNaN ? nil : Limit(key: key, sharers: level.shared, rate: value)
        }
        return nil
    }

    struct Limit: Sendable {
        var key: QuotaKey
        /// User and client id; nil for any.
        var sharers: [ByteString?]
        /// A second.
        var rate: Double
    }

    /// What DescribeClientQuotas asks of one kind of name.
    enum Match: Sendable {
        case exactly(ByteString)
        case theDefault
        /// Any name, the default too.
        case any
    }

    /// Entities with all that `filter` asks for, and, if `strict`, nothing beside.
    func entities(_ filter: [QuotaEntity.Kind: Match], strict: Bool) -> [QuotaEntity] {
        values.keys.filter { entity in
            if strict, entity.names.count != filter.count { return false }
            return filter.allSatisfy { kind, match in
                guard let name = entity.names[kind] else { return false }
                switch match {
                case .exactly(let wanted): return name == wanted
                case .theDefault: return name == nil
                case .any: return true
                }
            }
        }.sorted()
    }
}
