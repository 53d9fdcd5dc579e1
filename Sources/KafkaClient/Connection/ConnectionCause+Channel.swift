import NIOCore
import NIOPosix
import NIOSSL

extension ConnectionCause {
    /// What a channel's or connector's error means to an operator. `offering`: the versions of TLS that we would have spoken.
    init(channelError error: any Error, offering versions: Set<TLS.Version> = []) {
        switch error {
        case let error as ConnectionCause: self = error
        case let error as NIOConnectionError: self.init(error)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: self.init(tlsError: error, offering: versions)
        case let error as IOError:
            self.init(
                code: .connectionLost, text: Self.words(error), hint: "Check the network and whether the broker is up.",
                isBareEnd: [ECONNRESET, EPIPE].contains(error.errnoCode))
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
}
