import Bytes
import KafkaProtocol

/// Removes the access rules that filters let through, and names them. A filter with a number that means nothing is error 42;
/// without an authorizer every one is error 54.
enum DeleteAclsHandler: CallHandler {
    typealias Request = DeleteAclsRequest
    typealias Result = DeleteAclsResponse.DeleteAclsFilterResult

    /// The most rules that one request may remove.
    static let limit = 10_000

    static func answer(_ request: DeleteAclsRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<DeleteAclsResponse> {
        var response = DeleteAclsResponse()
        let before = state
        var removed = 0
        for asked in request.filters {
            var result = Result()
            do throws(ConfigRefusal) {
                guard let authorizer = state.authorizer else { throw .noAuthorizer }
                let filter = try AclFilter(
                    type: asked.resourceTypeFilter, kind: asked.patternTypeFilter, name: asked.resourceNameFilter,
                    principal: asked.principalFilter, host: asked.hostFilter, operation: asked.operation,
                    permission: asked.permissionType)
                for binding in authorizer.store.bindings(filter) {
                    state.authorizer?.store.remove(binding)
                    state.metadataOffset += 1
                    removed += 1
                    result.matchingAcls.append(Result.DeleteAclsMatchingAcl(binding))
                }
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message.map { ByteString($0) }
            }
            response.filterResults.append(result)
        }
        if removed > limit {
            // That only some were removed would easily be overlooked in so long an answer: nothing is done.
            state = before
            response.filterResults = request.filters.map { _ in
                var result = Result()
                result.errorCode = .invalidRequest
                result.errorMessage = ByteString("Cannot remove more than \(limit) acls in a single delete operation.")
                return result
            }
        }
        return .now(response)
    }
}

extension DeleteAclsResponse.DeleteAclsFilterResult.DeleteAclsMatchingAcl {
    fileprivate init(_ binding: AclBinding) {
        self.init()
        resourceType = binding.pattern.type.rawValue
        resourceName = binding.pattern.name
        patternType = binding.pattern.kind.rawValue
        principal = binding.entry.principal
        host = binding.entry.host
        operation = binding.entry.operation.rawValue
        permissionType = binding.entry.permission.rawValue
    }
}
