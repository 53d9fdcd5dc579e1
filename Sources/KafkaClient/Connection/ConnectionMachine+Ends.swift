import KafkaProtocol

extension ConnectionMachine {
    /// What an end of the connection by the peer means here. `reported`: what the channel made of it, where it said anything.
    ///
    /// Before anything was refused in words it is nobody's refusal: brokers that restart, and balancers without one, hang up in the middle of
    /// a login too. Kafka's own client tries again there, and brokers since 1.0 answer a wrong password with an error (KIP-152).
    func disconnection(by reported: ConnectionCause? = nil) -> ConnectionCause {
        switch state {
        case .securing: .endedHandshake
        case .shakingHands(let handshake) where handshake.authenticates:
            ConnectionCause(
                code: .cannotConnect,
                text:
                    "the broker closed the connection during authentication: it is going down or overloaded, or it refuses without a word",
                hint: "Check whether the broker, and what stands before it, is up, and its log for this user. \(grant?.refused.hint ?? "")")
        case .connecting, .shakingHands:
            ConnectionCause(
                code: .cannotConnect, text: "the broker closed the connection before it said what it speaks",
                hint: !isSecure
                    ? "The listener may want TLS: check security.protocol and the port."
                    : "Check whether the broker is up, the port, and whether the listener wants a certificate of ours (ssl.keystore).")
        // A listener that wants SASL speaks of versions, and hangs up at the first call without it.
        case .ready where !hasAnswered && grant == nil && reported == nil: .unwelcome
        case .reauthenticating:
            ConnectionCause(
                code: .connectionLost, text: "the broker closed the connection while the session was renewed",
                hint: "Check whether the broker is up, and its log for this user.")
        case .ready, .settling, .draining, .closed:
            reported
                ?? ConnectionCause(
                    code: .connectionLost, text: "the broker closed the connection",
                    hint: "Check whether the broker is up, and run the command again.")
        }
    }
}

extension ConnectionCause {
    /// What cannot happen has happened: better no connection than one that nobody understands.
    static func outOfStep(_ what: String) -> ConnectionCause {
        ConnectionCause(
            code: .fault, text: "the connection came out of step with itself: \(what)",
            hint: "This is a fault of this program: please report it, and look at the cluster before repeating the command.")
    }

    static func malformed(_ what: String) -> ConnectionCause {
        ConnectionCause(
            code: .protocolViolation, text: "what came is not Kafka's protocol: \(what)",
            hint: "Check that host and port are a Kafka listener's, and that security.protocol is the listener's own.")
    }

    /// A broker's listener without TLS takes our greeting for a request that is far too long, and hangs up; so do brokers and balancers that
    /// are just going down. The hint leads nobody to send a password in the clear.
    static let endedHandshake = ConnectionCause(
        code: .cannotConnect,
        text:
            "the listener ended the TLS handshake without a word: the broker is going down or overloaded, or the listener does not speak TLS",
        hint: "Check whether the broker, and what stands before it, is up, and that host and port are those of a listener with TLS.",
        isBareEnd: true)

    static let unwelcome = ConnectionCause(
        code: .connectionLost, text: "the broker closed the connection at the first request",
        hint: "Check whether the broker is up, and whether the listener wants SASL (security.protocol).")

    static let silent = ConnectionCause(
        code: .timedOut, text: "the broker stopped answering on this connection",
        hint: "Check the broker's load and the network, or raise request.timeout.ms.")
}
