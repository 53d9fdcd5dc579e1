import Foundation
import NIOCore
import NIOPosix

extension NetworkWeb {
    /// Connects to the place of a URL and says nothing there. Throws where nobody accepts the connection within the limit; the URL, which may be a
    /// secret, is not told, its host may be.
    public static func reach(_ url: String, within limit: Duration) async throws(WebFailure) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let written = parts.host, !written.isEmpty
        else { throw WebFailure("the URL is none of http:// or https://", isTransient: false) }
        // An IPv6 address stands in brackets.
        let host = written.hasPrefix("[") && written.hasSuffix("]") ? String(written.dropFirst().dropLast()) : written
        let port = parts.port ?? (scheme == "https" ? 443 : 80)
        guard (1...65_535).contains(port) else { throw WebFailure("the URL has no port from 1 to 65535", isTransient: false) }
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.nanoseconds(limit.wholeNanoseconds)).connect(host: host, port: port).get()
            try? await channel.close().get()
        } catch {
            throw words(error)
        }
    }
}
