import Bytes
import KafkaProtocol

/// Adds access rules, each for itself: one that cannot be is error 42 and the others stand. One that is there already is
/// taken again without a word. Without an authorizer every one is error 54.
enum CreateAclsHandler: CallHandler {
    typealias Request = CreateAclsRequest

    static func answer(_ request: CreateAclsRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<CreateAclsResponse> {
        var response = CreateAclsResponse()
        for creation in request.creations {
            var result = CreateAclsResponse.AclCreationResult()
            result.errorMessage = ""
            do throws(ConfigRefusal) {
                guard state.authorizer != nil else { throw .noAuthorizer }
                state.authorizer?.store.add(try AclBinding(creation))
                state.metadataOffset += 1
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message.map { ByteString($0) }
            }
            response.results.append(result)
        }
        return .now(response)
    }
}
