import Bytes
import KafkaProtocol

/// The quotas whose entities a filter lets through: exactly a name (0), the default (1), any (2). A filter that contradicts
/// itself is error 42, a kind of entity that does not exist 35.
enum DescribeClientQuotasHandler: CallHandler {
    typealias Request = DescribeClientQuotasRequest
    typealias Entry = DescribeClientQuotasResponse.EntryData

    static func answer(
        _ request: DescribeClientQuotasRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeClientQuotasResponse> {
        var response = DescribeClientQuotasResponse()
        do throws(ConfigRefusal) {
            let filter = try filter(request.components)
            response.errorMessage = ""
            response.entries = state.quotas.entities(filter, strict: request.strict).map { entity in
                var entry = Entry()
                entry.entity = entity.parts.map { part in
                    var data = Entry.EntityData()
                    data.entityType = ByteString(part.kind.rawValue)
                    data.entityName = part.name
                    return data
                }
                entry.values = (state.quotas.values[entity] ?? [:]).sorted { $0.key.rawValue < $1.key.rawValue }.map { key, value in
                    var data = Entry.ValueData()
                    data.key = ByteString(key.rawValue)
                    data.value = value
                    return data
                }
                return entry
            }
        } catch {
            response.errorCode = error.code
            response.errorMessage = error.message.map { ByteString($0) }
        }
        return .now(response)
    }

    private static func filter(
        _ components: [DescribeClientQuotasRequest.ComponentData]
    ) throws(ConfigRefusal) -> [QuotaEntity.Kind: QuotaStore.Match] {
        func refuse(_ message: String) -> ConfigRefusal { ConfigRefusal(.invalidRequest, message) }
        var filter: [QuotaEntity.Kind: QuotaStore.Match] = [:]
        for component in components {
            if component.entityType.isEmpty { throw refuse("Invalid empty entity type.") }
            guard let kind = QuotaEntity.Kind(rawValue: component.entityType.description) else {
                throw ConfigRefusal(.unsupportedVersion, "Unsupported entity type \(component.entityType)")
            }
            if filter[kind] != nil { throw refuse("Entity type \(kind.rawValue) cannot appear more than once in the filter.") }
            switch (component.matchType, component.match) {
            case (0, let name?): filter[kind] = .exactly(name)
            case (0, nil): throw refuse("Request specified MATCH_TYPE_EXACT, but set match string to null.")
            case (1, nil): filter[kind] = .theDefault
            case (1, _): throw refuse("Request specified MATCH_TYPE_DEFAULT, but also specified a match string.")
            case (2, nil): filter[kind] = .any
            case (2, _): throw refuse("Request specified MATCH_TYPE_SPECIFIED, but also specified a match string.")
            default: throw refuse("Unknown match type \(component.matchType)")
            }
        }
        if filter[.ip] != nil, filter.count > 1 {
            throw refuse(
                "Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component."
            )
        }
        return filter
    }
}
