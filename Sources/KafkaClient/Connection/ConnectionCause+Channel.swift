import NIOCore
import NIOPosix
import NIOSSL

extension ConnectionCause {
    /// What a channel's or connector's error means to an operator.
    init(channelError error: any Error) {
        switch error {
        case let error as ConnectionCause: self = error
        case let error as NIOConnectionError: self.init(error)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: self.init(tlsError: error)
        case let error as IOError:
            self.init(code: .connectionLost, text: Self.words(error), hint: "Check the network and whether the broker is up.")
        case ChannelError.connectTimeout:
            self.init(
                code: .cannotConnect, text: "nobody accepts the connection in time",
                hint: "Check host, port and firewall.")
        default:
            self.init(code: .connectionLost, text: "\(error)", hint: "Check the network and whether the broker is up.")
        }
    }

    private init(_ error: NIOConnectionError) {
        if let attempt = error.connectionErrors.first?.error {
            let words = (attempt as? IOError).map(Self.words) ?? Self.isTimeout(attempt)
            self.init(
                code: .cannotConnect, text: words, hint: "Check host and port, whether the broker is up, and the firewall.")
        } else {
            self.init(
                code: .cannotConnect, text: "the host name \(error.host) cannot be resolved",
                hint: "Check the spelling of the host and the DNS of this machine.")
        }
    }

    private static func isTimeout(_ error: any Error) -> String {
        if case ChannelError.connectTimeout = error { return "nobody accepts the connection in time" }
        return "\(error)"
    }

    private static func words(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "the connection was refused: nothing listens on that port"
        case ECONNRESET, EPIPE: "the broker reset the connection"
        case EHOSTUNREACH, ENETUNREACH: "there is no route to the host"
        case ETIMEDOUT: "nobody answers at that address"
        default: String(cString: strerror(error.errnoCode))
        }
    }

    /// The reasons that TLS itself gives have names but no type: they are looked for in the description, and choose the words only.
    private init(tlsError error: any Error) {
        let words = "\(error)"
        func reason(_ names: String...) -> Bool { names.contains { words.contains($0) } }
        if case NIOSSLError.uncleanShutdown = error {
            self.init(
                code: .connectionLost, text: "the broker closed the TLS connection",
                hint: "Check that the listener speaks TLS and accepts our certificate, if it wants one.")
        } else if (error as? NIOSSLExtraError) == .failedToValidateHostname {
            self.init(
                code: .tls, text: "the broker's certificate does not name the host that was connected to",
                hint: "Connect by a name in the certificate, or, knowing the risk, set ssl.endpoint.identification.algorithm to nothing.")
        } else if reason("CERTIFICATE_VERIFY_FAILED", "unableToValidateCertificate") {
            self.init(
                code: .tls, text: "the broker's certificate is not signed by a trusted authority, or is out of date",
                hint: "Set ssl.truststore.type=PEM and ssl.truststore.location to the certificate of the authority that signed it.")
        } else if reason("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNKNOWN_CA", "HANDSHAKE_FAILURE") {
            self.init(
                code: .tls, text: "the broker does not accept our certificate, or wants one and got none",
                hint: "Set ssl.keystore.type=PEM and ssl.keystore.location to a certificate and key that the broker's authority signed.")
        } else if reason("WRONG_VERSION_NUMBER", "INVALID_ALERT") {
            self.init(
                code: .tls, text: "the listener does not speak TLS",
                hint: "Set security.protocol to PLAINTEXT or SASL_PLAINTEXT, or use the port of a listener with TLS.")
        } else if reason("EOF during handshake") {
            // A broker's listener without TLS takes our greeting for a request that is far too long, and hangs up.
            self.init(
                code: .tls, text: "the listener ended the TLS handshake without a word: it does not seem to speak TLS",
                hint: "Set security.protocol to PLAINTEXT or SASL_PLAINTEXT, or use the port of a listener with TLS.")
        } else {
            self.init(
                code: .tls, text: "TLS failed: \(words)",
                hint: "Check security.protocol, ssl.truststore and ssl.keystore, and the broker's log.")
        }
    }
}
