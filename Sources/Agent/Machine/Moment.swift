public import Seams

/// One moment on both clocks: the one that people and schedules go by, and the one that only goes forward.
public struct Moment: Sendable, Hashable {
    public var wall: Timestamp
    /// Counts while the machine sleeps, too.
    public var uptime: Duration

    public init(wall: Timestamp, uptime: Duration) {
        self.wall = wall
        self.uptime = uptime
    }

    public init(_ time: any TimeSource) { self.init(wall: time.now(), uptime: time.uptime()) }
}
