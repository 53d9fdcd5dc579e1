import NIOConcurrencyHelpers
import NIOCore

/// The connections of a server, so many and no more. For one that comes when all places are taken another is closed at once: the one that has kept
/// its place longest without asking anything, else the one that has taken longest over its answer. So whoever asks at once, as a probe does, is
/// answered, however many others hold connections open.
final class ConnectionRoom: Sendable {
    /// A connection that has a place.
    typealias Guest = Int

    private struct Place {
        let channel: any Channel
        var isAnswered = false
        /// When it last came to be what it is: later ones are greater.
        var since: Int
    }

    private struct State {
        var places: [Guest: Place] = [:]
        var events = 0

        mutating func next() -> Int {
            events += 1
            return events
        }
    }

    private let most: Int
    private let state = NIOLockedValueBox(State())

    /// - Parameter most: 1 or more.
    init(_ most: Int) { self.most = most }

    func enter(_ channel: any Channel) -> Guest {
        let (guest, leaving) = state.withLockedValue { state -> (Guest, (any Channel)?) in
            var leaving: (any Channel)?
            if state.places.count >= most {
                let longest = state.places.min {
                    ($0.value.isAnswered ? 1 : 0, $0.value.since) < ($1.value.isAnswered ? 1 : 0, $1.value.since)
                }
                if let longest { leaving = state.places.removeValue(forKey: longest.key)?.channel }
            }
            let guest = state.next()
            state.places[guest] = Place(channel: channel, since: guest)
            return (guest, leaving)
        }
        leaving?.close(promise: nil)
        return guest
    }

    func mark(_ guest: Guest, isAnswered: Bool) {
        state.withLockedValue { state in
            let now = state.next()
            state.places[guest]?.isAnswered = isAnswered
            state.places[guest]?.since = now
        }
    }

    func leave(_ guest: Guest) {
        state.withLockedValue { $0.places[guest] = nil }
    }
}
