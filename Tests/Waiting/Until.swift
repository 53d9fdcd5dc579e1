import Host
import Seams

/// Something that a test waited for and that did not come about.
public struct NeverCameTrue: Error, CustomStringConvertible {
    public let description: String
}

/// Waits until `condition` holds. The limit is a net for a machine that hangs, not an expectation of speed.
public func until(
    _ what: String, atMost limit: Duration = .seconds(60), isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let time = HostTime()
    let end = time.uptime() + limit
    while try await !condition() {
        guard time.uptime() < end else { throw NeverCameTrue(description: "never came true within \(limit): \(what)") }
        try await time.sleep(for: .milliseconds(20))
    }
}
