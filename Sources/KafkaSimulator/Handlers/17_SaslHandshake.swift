import Bytes
import KafkaProtocol

/// Chooses a SASL mechanism, also to authenticate anew (KIP-368). One that is not offered is error 33; on a listener without SASL the call is error 34.
enum SaslHandshakeHandler: CallHandler {
    typealias Request = SaslHandshakeRequest

    static func answer(
        _ request: SaslHandshakeRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<SaslHandshakeResponse> {
        var response = SaslHandshakeResponse()
        guard let credentials = state.credentials else {
            response.errorCode = .illegalSaslState
            return .now(response)
        }
        response.mechanisms = credentials.mechanisms.map { ByteString($0.rawValue) }
        let former = state.saslExchanges[context.connection]
        if let former, former.user != nil, context.uptime - former.since < .seconds(1) {
            // Brokers renew a session once a second at most; until then the call has no place.
            response.errorCode = .illegalSaslState
            return .now(response)
        }
        if let mechanism = SaslMechanism(rawValue: request.mechanism.description), credentials.mechanisms.contains(mechanism) {
            state.saslExchanges[context.connection] = SaslExchange(
                mechanism: mechanism, isRaw: context.version == 0,
                former: former.flatMap { former in former.user.map { SaslExchange.Former(mechanism: former.mechanism, user: $0) } })
        } else {
            response.errorCode = .unsupportedSaslMechanism
        }
        return .now(response)
    }
}
