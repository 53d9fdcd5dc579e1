import Commands
import Dispatch
import Glibc
import NIOConcurrencyHelpers
import Synchronization

/// SIGINT and SIGTERM: the first stops the command in an orderly way, the second at once.
enum Interruption {
    private static let count = Atomic<Int>(0)
    /// Who gets signals in place of the command's task; and the source of SIGHUP, which nobody else listens to.
    private static let claimed = NIOLockedValueBox<AsyncStream<HostSignal>.Continuation?>(nil)
    // Unchecked: set once, by the one command that claims signals, so that it stays; never read.
    nonisolated(unsafe) private static var hangUp: (any DispatchSourceSignal)?

    /// The signals, for a command that goes on after one.
    struct Signals: SignalSource {
        func claim() -> AsyncStream<HostSignal> {
            let (signals, arrival) = AsyncStream.makeStream(of: HostSignal.self)
            claimed.withLockedValue { $0 = arrival }
            signal(SIGHUP, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
            source.setEventHandler { arrival.yield(.reload) }
            source.resume()
            hangUp = source
            return signals
        }
    }

    /// Runs `body`; its task is cancelled by the first signal.
    static func guarding(_ body: @escaping @Sendable () async -> Int32) async -> Int32 {
        // A reader that went away is seen by the write that fails.
        signal(SIGPIPE, SIG_IGN)
        let (signals, arrival) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGINT, SIGTERM].map { number in
            // The default would end the process before the source is told.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if count.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
                if let claimed = claimed.withLockedValue({ $0 }) {
                    claimed.yield(.stop)
                } else {
                    arrival.yield()
                }
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return await withTaskGroup(of: Int32?.self) { group in
            group.addTask { await body() }
            group.addTask {
                for await _ in signals { return nil }
                return nil
            }
            defer { group.cancelAll() }
            // The body's answer ends it; a signal only cancels the body, which then answers what it did.
            while let result = await group.next() {
                if let code = result { return code }
                group.cancelAll()
            }
            return 130
        }
    }
}
