import KafkaProtocol

/// There are no delegation tokens: error 61 (switched off), and 64 on a listener that does not authenticate.
enum DescribeDelegationTokenHandler: CallHandler {
    typealias Request = DescribeDelegationTokenRequest

    static func answer(
        _ request: DescribeDelegationTokenRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeDelegationTokenResponse> {
        var response = DescribeDelegationTokenResponse()
        response.errorCode = state.credentials == nil ? .delegationTokenRequestNotAllowed : .delegationTokenAuthDisabled
        return .now(response)
    }
}
