public import Bytes
import KafkaProtocol

/// Whom a quota is for: names by kind (`user`, `client-id`, `ip`); a nil name is the default of its kind.
public struct QuotaEntity: Hashable, Sendable {
    public var names: [ByteString: ByteString?]

    public init(_ names: [ByteString: ByteString?]) { self.names = names }

    public static func user(_ name: ByteString?) -> QuotaEntity { QuotaEntity(["user": name]) }
    public static func clientID(_ name: ByteString?) -> QuotaEntity { QuotaEntity(["client-id": name]) }
    public static func user(_ user: ByteString?, clientID: ByteString?) -> QuotaEntity {
        QuotaEntity(["user": user, "client-id": clientID])
    }
    public static func address(_ address: ByteString?) -> QuotaEntity { QuotaEntity(["ip": address]) }
}

/// New values of one entity's quotas, by key (`producer_byte_rate`, …); nil removes. What is not named stays.
public struct QuotaChange: Sendable, Equatable {
    public var entity: QuotaEntity
    public var values: [ByteString: Double?]

    public init(_ entity: QuotaEntity, _ values: [ByteString: Double?]) {
        self.entity = entity
        self.values = values
    }
}

extension KafkaClient {
    /// Every quota: values by key, by entity. Needs cluster DESCRIBE_CONFIGS.
    public func describeClientQuotas() async throws(KafkaError) -> [QuotaEntity: [ByteString: Double]] {
        let answer = try await send(DescribeClientQuotasRequest(), to: .anyBroker, failure: { $0.errorCode })
        let entries = (answer.entries ?? []).map { entry in
            let names = Dictionary(entry.entity.map { ($0.entityType, $0.entityName) }) { first, _ in first }
            return (QuotaEntity(names), Dictionary(entry.values.map { ($0.key, $0.value) }) { first, _ in first })
        }
        return Dictionary(entries) { first, _ in first }
    }

    /// Changes quotas, one change an entity. They hold at once, for whoever changes them too. Needs cluster ALTER_CONFIGS.
    public func alterClientQuotas(
        _ changes: [QuotaChange], validateOnly: Bool = false
    ) async throws(KafkaError) -> [QuotaEntity: WriteResult] {
        try await write(changes.batches(of: Self.topicsPerCall), key: \.entity) { (batch) async throws(KafkaError) in
            var request = AlterClientQuotasRequest()
            request.validateOnly = validateOnly
            request.entries = batch.map(AlterClientQuotasRequest.EntryData.init)
            let answer = try await send(request, to: .controller, failure: { $0.entries.map(\.errorCode).notController })
            return answer.entries.results { entry in
                let names = Dictionary(entry.entity.map { ($0.entityType, $0.entityName) }) { first, _ in first }
                return (QuotaEntity(names), entry.errorCode, entry.errorMessage)
            }
        }
    }
}

extension AlterClientQuotasRequest.EntryData {
    fileprivate init(_ change: QuotaChange) {
        self.init()
        entity = change.entity.names.sorted { $0.key < $1.key }.map { type, name in
            var data = EntityData()
            data.entityType = type
            data.entityName = name
            return data
        }
        ops = change.values.sorted { $0.key < $1.key }.map { key, value in
            var operation = OpData()
            operation.key = key
            operation.value = value ?? 0
            operation.remove = value == nil
            return operation
        }
    }
}
