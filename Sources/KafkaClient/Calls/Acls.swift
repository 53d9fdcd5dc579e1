import Bytes
import KafkaProtocol

/// What one filter of a deletion did.
public struct DeletedAcls: Sendable, Equatable {
    public var result: WriteResult
    /// The rules that are gone.
    public var bindings: [AclBinding]
}

extension KafkaClient {
    /// How many rules go into one call. Brokers bear more; so many keep an answer small.
    static let aclsPerCall = 1000

    /// The access rules that a filter lets through, sorted; nil where brokers have no authorizer (54), which is not the same as
    /// no rules. Needs cluster DESCRIBE.
    public func describeAcls(_ filter: AclFilter = AclFilter()) async throws(KafkaError) -> [AclBinding]? {
        var request = DescribeAclsRequest()
        request.resourceTypeFilter = filter.resourceType.rawValue
        request.resourceNameFilter = filter.resourceName
        request.patternTypeFilter = filter.patternType.rawValue
        request.principalFilter = filter.principal
        request.hostFilter = filter.host
        request.operation = filter.operation.rawValue
        request.permissionType = filter.permission.rawValue
        let answer = try await send(
            request, to: .anyBroker, failure: { $0.errorCode == .securityDisabled ? .none : $0.errorCode })
        if answer.errorCode == .securityDisabled { return nil }
        return answer.resources.flatMap { resource in
            resource.acls.map { acl in
                AclBinding(
                    AclPermission(rawValue: acl.permissionType), acl.principal, AclOperation(rawValue: acl.operation),
                    AclResourceType(rawValue: resource.resourceType), resource.resourceName,
                    patternType: AclPatternType(rawValue: resource.patternType), host: acl.host)
            }
        }.sorted()
    }

    /// Creates access rules, in the order given; one that exists is created again without harm. Needs cluster ALTER, which a
    /// rule created just before may take away: the restorer's own rights come first.
    public func createAcls(_ bindings: [AclBinding]) async throws(KafkaError) -> [AclBinding: WriteResult] {
        try await write(bindings.batches(of: Self.aclsPerCall), key: \.self) { (batch) async throws(KafkaError) in
            var request = CreateAclsRequest()
            request.creations = batch.map(CreateAclsRequest.AclCreation.init)
            let answer = try await send(request, to: .controller, failure: { $0.results.map(\.errorCode).notController })
            return Array(zip(batch, answer.results)).results { ($0.0, $0.1.errorCode, $0.1.errorMessage) }
        }
    }

    /// Deletes the access rules that filters let through. Needs cluster ALTER.
    public func deleteAcls(_ filters: [AclFilter]) async throws(KafkaError) -> [AclFilter: DeletedAcls] {
        var deleted: [AclFilter: [AclBinding]] = [:]
        let results = try await write(filters.batches(of: Self.aclsPerCall), key: \.self) { (batch) async throws(KafkaError) in
            var request = DeleteAclsRequest()
            request.filters = batch.map(DeleteAclsRequest.DeleteAclsFilter.init)
            let answer = try await send(request, to: .controller, failure: { $0.filterResults.map(\.errorCode).notController })
            for (filter, result) in zip(batch, answer.filterResults) {
                deleted[filter, default: []] += result.matchingAcls.filter { !$0.errorCode.isError }.map(AclBinding.init)
            }
            return Array(zip(batch, answer.filterResults)).results { filter, result in
                // A rule that could not be deleted fails its filter.
                let failed = result.matchingAcls.first(where: \.errorCode.isError)
                return (filter, failed?.errorCode ?? result.errorCode, failed?.errorMessage ?? result.errorMessage)
            }
        }
        return Dictionary(
            uniqueKeysWithValues: results.map { ($0, DeletedAcls(result: $1, bindings: (deleted[$0] ?? []).sorted())) })
    }
}

extension CreateAclsRequest.AclCreation {
    init(_ binding: AclBinding) {
        self.init()
        resourceType = binding.resourceType.rawValue
        resourceName = binding.resourceName
        resourcePatternType = binding.patternType.rawValue
        principal = binding.principal
        host = binding.host
        operation = binding.operation.rawValue
        permissionType = binding.permission.rawValue
    }
}

extension DeleteAclsRequest.DeleteAclsFilter {
    init(_ filter: AclFilter) {
        self.init()
        resourceTypeFilter = filter.resourceType.rawValue
        resourceNameFilter = filter.resourceName
        patternTypeFilter = filter.patternType.rawValue
        principalFilter = filter.principal
        hostFilter = filter.host
        operation = filter.operation.rawValue
        permissionType = filter.permission.rawValue
    }
}

extension AclBinding {
    init(_ acl: DeleteAclsResponse.DeleteAclsFilterResult.DeleteAclsMatchingAcl) {
        self.init(
            AclPermission(rawValue: acl.permissionType), acl.principal, AclOperation(rawValue: acl.operation),
            AclResourceType(rawValue: acl.resourceType), acl.resourceName, patternType: AclPatternType(rawValue: acl.patternType),
            host: acl.host)
    }
}
