/// What an operator asks of a running program by a signal.
public enum HostSignal: Sendable, Hashable {
    /// SIGTERM or SIGINT, the first one. The second ends the process at once.
    case stop
    /// SIGHUP.
    case reload
}

/// The signals of the host, for a command that goes on after one.
public protocol SignalSource: Sendable {
    /// From now on signals come here, in place of cancelling the command.
    func claim() -> AsyncStream<HostSignal>
}

/// Where nobody sends any.
public struct NoSignals: SignalSource {
    public init() {}
    public func claim() -> AsyncStream<HostSignal> { AsyncStream { $0.finish() } }
}
