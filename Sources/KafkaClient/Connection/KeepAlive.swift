import Glibc
import NIOCore
import NIOPosix

extension ClientBootstrap {
    /// Load balancers forget connections that stand idle (Azure's after 4 minutes, AWS's after 350 s) and tell nobody. So TCP asks
    /// after a minute of silence, every ten seconds, and gives up after six; and what was sent and is not acknowledged for 20
    /// seconds ends the connection.
    func keepingAlive() -> ClientBootstrap {
        channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)), value: 60)
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)), value: 10)
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPCNT)), value: 6)
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)), value: 20_000)
    }
}
