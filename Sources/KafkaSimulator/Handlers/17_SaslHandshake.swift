import Bytes
import KafkaProtocol

/// Chooses a SASL mechanism. One that is not offered is error 33; on a listener without SASL the call is error 34.
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
        if let mechanism = SimulatedUser.Mechanism(rawValue: request.mechanism.description) {
            state.saslExchanges[context.connection] = SaslExchange(mechanism: mechanism, isRaw: context.version == 0)
        } else {
            response.errorCode = .unsupportedSaslMechanism
        }
        return .now(response)
    }
}
