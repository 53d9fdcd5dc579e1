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

    /// When it was, by the wall clock as it is now: one that was set back since gave it a time that is yet to come, or too near.
    func onWall(at now: Moment) -> Timestamp {
        let measured = now.wall.advanced(by: uptime - now.uptime)
        // The two clocks are read one after the other.
        return wall.since(measured) > .seconds(1) ? measured : wall
    }

    public init(_ time: any TimeSource) { self.init(wall: time.now(), uptime: time.uptime()) }
}
