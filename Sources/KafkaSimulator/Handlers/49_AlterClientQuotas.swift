import Bytes
import KafkaProtocol

/// Sets and removes quotas, each entity for itself: one with any flaw is error 42 and stays as it was. An entity that stands
/// twice is answered once, with error 42, and so is one that names a key twice. Of a type that an entity names twice the last name counts. `validateOnly` changes nothing.
enum AlterClientQuotasHandler: CallHandler {
    typealias Request = AlterClientQuotasRequest
    typealias Asked = AlterClientQuotasRequest.EntryData
    typealias Entry = AlterClientQuotasResponse.EntryData

    static func answer(
        _ request: AlterClientQuotasRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<AlterClientQuotasResponse> {
        var response = AlterClientQuotasResponse()
        var rows: [[ByteString?]: Int] = [:]
        for asked in request.entries {
            var entry = Entry()
            let parts = Dictionary(asked.entity.map { ($0.entityType, $0) }) { $1 }.values.sorted { $0.entityType < $1.entityType }
            entry.entity = parts.map { part in
                var data = Entry.EntityData()
                data.entityType = part.entityType
                data.entityName = part.entityName
                return data
            }
            let key = entry.entity.flatMap { [$0.entityType, $0.entityName] }
            do throws(ConfigRefusal) {
                // The first one is done all the same; the answer tells of the second.
                if rows[key] != nil || Set(asked.ops.map(\.key)).count < asked.ops.count {
                    throw ConfigRefusal(.invalidRequest, "Ignoring duplicate entity \(words(entry))")
                }
                let (entity, changes) = try change(parts, asked.ops)
                if !request.validateOnly {
                    for (key, value) in changes { state.quotas.set(key, value, of: entity) }
                    state.metadataOffset += Int64(changes.count)
                }
            } catch {
                entry.errorCode = error.code
                entry.errorMessage = error.message.map { ByteString($0) }
            }
            if let row = rows[key] {
                response.entries[row] = entry
            } else {
                rows[key] = response.entries.count
                response.entries.append(entry)
            }
        }
        return .now(response)
    }

    private static func words(_ entry: Entry) -> String {
        let parts = entry.entity.map { "\($0.entityType)=\($0.entityName?.description ?? "null")" }
        return "ClientQuotaEntity(entries={\(parts.joined(separator: ", "))})"
    }

    private static func change(
        _ parts: [Asked.EntityData], _ operations: [Asked.OpData]
    ) throws(ConfigRefusal) -> (QuotaEntity, [(QuotaKey, Double?)]) {
        let entity = try QuotaEntity.checked(parts.map { ($0.entityType, $0.entityName) })
        var changes: [(QuotaKey, Double?)] = []
        for operation in operations {
            if operation.remove {
                // What is not there, known or not, is removed without a word.
                if let key = QuotaKey(rawValue: operation.key.description) { changes.append((key, nil)) }
            } else {
                changes.append((try QuotaKey.checked(operation.key.description, operation.value, of: entity), operation.value))
            }
        }
        return (entity, changes)
    }
}
