import Bytes
import KafkaProtocol

/// The access rules that a filter lets through, by what they are about. Without an authorizer it is error 54, which is not the
/// same as an empty list; a filter with a number that means nothing is error 42.
enum DescribeAclsHandler: CallHandler {
    typealias Request = DescribeAclsRequest
    typealias Row = DescribeAclsResponse.DescribeAclsResource

    static func answer(
        _ request: DescribeAclsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeAclsResponse> {
        var response = DescribeAclsResponse()
        response.errorMessage = ""
        guard let authorizer = state.authorizer else {
            response.errorCode = .securityDisabled
            response.errorMessage = "No Authorizer is configured on the broker"
            return .now(response)
        }
        do throws(ConfigRefusal) {
            let filter = try AclFilter(
                type: request.resourceTypeFilter, kind: request.patternTypeFilter, name: request.resourceNameFilter,
                principal: request.principalFilter, host: request.hostFilter, operation: request.operation,
                permission: request.permissionType)
            for binding in authorizer.store.bindings(filter) {
                if response.resources.last.map({ $0.pattern != binding.pattern }) ?? true {
                    response.resources.append(Row(binding.pattern))
                }
                response.resources[response.resources.count - 1].acls.append(Row.AclDescription(binding.entry))
            }
        } catch {
            response.errorCode = error.code
            response.errorMessage = error.message.map { ByteString($0) }
        }
        return .now(response)
    }
}

extension DescribeAclsResponse.DescribeAclsResource {
    fileprivate init(_ pattern: AclPattern) {
        self.init()
        resourceType = pattern.type.rawValue
        resourceName = pattern.name
        patternType = pattern.kind.rawValue
    }

    fileprivate var pattern: AclPattern? {
        guard let type = AclResourceType(rawValue: resourceType), let kind = AclPatternType(rawValue: patternType) else { return nil }
        return AclPattern(type: type, kind: kind, name: resourceName)
    }
}

extension DescribeAclsResponse.DescribeAclsResource.AclDescription {
    fileprivate init(_ entry: AclEntry) {
        self.init()
        principal = entry.principal
        host = entry.host
        operation = entry.operation.rawValue
        permissionType = entry.permission.rawValue
    }
}
