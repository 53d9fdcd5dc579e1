import Bytes
import Seams

/// What brokers may offer. Passwords go with the first three.
enum SaslMechanism: String, Sendable {
    case plain = "PLAIN"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA512 = "SCRAM-SHA-512"
    case oauthBearer = "OAUTHBEARER"
    case awsMskIam = "AWS_MSK_IAM"
}

extension ClusterState {
    /// How long a session lasts that begins now, in milliseconds; 0: for ever. The shorter of the credential's own life and
    /// `connections.max.reauth.ms`, where it is set (KIP-368).
    func sessionLifetime(_ exchange: SaslExchange, broker: Int32, now: Timestamp) -> Int64 {
        let limit = Int64(configs.number("connections.max.reauth.ms", broker: broker) ?? 0)
        guard let end = exchange.credentialEnd else { return max(0, limit) }
        let left = max(0, end.since(now).wholeMilliseconds)
        return limit > 0 ? min(limit, left) : left
    }

    /// As the broker advertises itself.
    func host(of broker: Int32) -> ByteString { self.broker(broker)?.host ?? "" }

    /// Whether the session of a connection is over. Only SASL is answered then.
    func sessionIsOver(on connection: ConnectionID, uptime: Duration) -> Bool {
        saslExchanges[connection]?.sessionEnd.map { $0 < uptime } ?? false
    }
}
