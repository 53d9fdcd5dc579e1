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
            response.authBytes = Blob(
                try exchange.take(
                    request.authBytes.bytes, credentials, host: state.host(of: context.broker), now: context.now, chance: context.chance))
            if exchange.user != nil {
                let lifetime = state.sessionLifetime(exchange, broker: context.broker, now: context.now)
                exchange.since = context.uptime
                exchange.sessionEnd = lifetime > 0 ? context.uptime + .milliseconds(lifetime) : nil
                // Version 0 has no place for it, and its clients are let be.
                if context.version >= 1 { response.sessionLifetimeMs = lifetime } else { exchange.sessionEnd = nil }
            }
        } catch {
            response.errorCode = .saslAuthenticationFailed
            response.errorMessage = ByteString(error.message)
        }
        state.saslExchanges[context.connection] = exchange
        return .now(response)
    }
}
