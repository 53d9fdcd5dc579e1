import Glibc
import NIOCore

/// Why a simulated broker cannot listen.
public struct ListenError: Error, Sendable, Hashable, CustomStringConvertible {
    public let message: String
    /// A sentence that says what to do.
    public let hint: String

    public var description: String { "\(message)\nhint: \(hint)" }

    static func port(_ port: Int, broker: Int32, _ error: IOError) -> ListenError {
        let why =
            switch error.errnoCode {
            case EADDRINUSE: "the port is taken"
            case EACCES: "this user may not use the port"
            default: "\(error)"
            }
        return ListenError(
            message: "simulated broker \(broker) cannot listen on 127.0.0.1:\(port): \(why)",
            hint: "Choose another first port, or 0 for any that are free.")
    }

    static let tls = ListenError(
        message: "the simulated brokers' certificate, key or client authority is not PEM, or certificate and key do not belong together",
        hint: "Give the certificate's chain and its key without a passphrase.")
}
