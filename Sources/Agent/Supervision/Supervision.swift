import Glibc
public import Seams

/// Tells the host's service manager how the agent is: nothing where none asked for it.
public struct Supervision: Sendable {
    private let socket: NotifySocket?
    /// How often it must be told at least that the agent is alive.
    public let watchdog: Duration?

    public static let none = Supervision(socket: nil, watchdog: nil)

    init(socket: NotifySocket?, watchdog: Duration?) {
        self.socket = socket
        self.watchdog = watchdog
    }

    /// By NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    public init(_ environment: Environment) {
        let socket = environment["NOTIFY_SOCKET"].flatMap { NotifySocket($0) }
        var watchdog: Duration?
        // The variables reach a child as well, and then are meant for its parent.
        let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        if isOurs, let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0 {
            watchdog = .microseconds(microseconds)
        }
        self.init(socket: socket, watchdog: socket == nil ? nil : watchdog)
    }

    public func ready(_ words: String) { tell(["READY=1", Self.status(words)]) }

    /// systemd wants the monotonic clock here, and takes what is later than the moment at which it asked: uptime, which counts sleep
    /// as well, is.
    public func reloading(_ uptime: Duration) {
        let (seconds, attoseconds) = uptime.components
        tell(["RELOADING=1", "MONOTONIC_USEC=\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)"])
    }

    public func stopping() { tell(["STOPPING=1", Self.status("stopping")]) }
    public func status(_ words: String) { tell([Self.status(words)]) }
    public func alive() { if watchdog != nil { tell(["WATCHDOG=1"]) } }

    private static func status(_ words: String) -> String { "STATUS=" + words.split(whereSeparator: \.isNewline).joined(separator: " ") }

    private func tell(_ lines: [String]) { socket?.send(lines) }
}
