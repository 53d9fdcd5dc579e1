import Bytes
import KafkaProtocol

/// Carries the tokens of the mechanism that the handshake chose. A wrong user or password is error 58, after which the broker
/// closes the connection; a token without a handshake is error 34.
enum SaslAuthenticateHandler: CallHandler {
    typealias Request = SaslAuthenticateRequest

    static func answer(
        _ request: SaslAuthenticateRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<SaslAuthenticateResponse> {
        var response = SaslAuthenticateResponse()
        response.errorMessage = ""
        guard let credentials = state.credentials, var exchange = state.saslExchanges[context.connection] else {
            response.errorCode = .illegalSaslState
            response.errorMessage = "SaslAuthenticate request received without a handshake"
            return .now(response)
        }
        do throws(SaslExchange.Failure) {
            response.authBytes = Blob(try exchange.take(request.authBytes.bytes, credentials, chance: context.chance))
        } catch {
            response.errorCode = .saslAuthenticationFailed
            response.errorMessage = ByteString(error.message)
        }
        state.saslExchanges[context.connection] = exchange
        return .now(response)
    }
}
