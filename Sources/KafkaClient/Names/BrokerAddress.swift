/// Where a broker listens: a host name or IP address, and a port.
public struct BrokerAddress: Hashable, Sendable {
    /// A name or an address; an IPv6 address without brackets.
    public var host: String
    /// 1…65,535.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, `[v6]:port`, or either behind a `PROTOCOL://` as listeners are written; nil where it is none of these.
    public init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(port) else {
            return nil
        }
        var host = rest[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" || $0 == "," }) else { return nil }
        self.init(host: String(host), port: port)
    }
}

extension BrokerAddress: CustomStringConvertible {
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
