import Glibc

/// The socket on which systemd listens for news of a service (sd_notify(3)): datagrams of lines `NAME=value`.
public struct NotifySocket: Sendable {
    /// A path, or an abstract name behind `@`.
    private let address: String

    /// Nil where `address` is neither a path from the root nor a name behind `@`, or too long for a socket.
    public init?(_ address: String) {
        guard address.hasPrefix("/") || address.hasPrefix("@"), (2...107).contains(address.utf8.count) else { return nil }
        self.address = address
    }

    /// Whether it was sent. Nobody can be told where not, so nobody is.
    @discardableResult
    public func send(_ lines: [String]) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        // An abstract name is as long as it is said to be; a path ends with a zero.
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = socklen_t(offset + bytes.count + (bytes[0] == 0 ? 0 : 1))
        let text = Array(lines.joined(separator: "\n").utf8)
        let sent = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
        return sent == text.count
    }
}
