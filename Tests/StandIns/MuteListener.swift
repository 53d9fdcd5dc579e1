import Glibc

/// A port on 127.0.0.1 that takes connections and never says anything, as a process that hangs or a firewall that swallows.
public final class MuteListener: Sendable {
    private let descriptor: Int32
    public let port: Int
    public var address: String { "127.0.0.1:\(port)" }

    public init?() {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        // The kernel completes connections without anybody who accepts them.
        port = Int(UInt16(bigEndian: name.sin_port))
        guard isBound else { return nil }
    }

    deinit { close(descriptor) }
}
