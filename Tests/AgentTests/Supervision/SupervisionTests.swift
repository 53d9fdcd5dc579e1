import Glibc
import Host
import Seams
import StandIns
import Testing

@testable import Agent

/// systemd's protocol, against a stand-in for its socket.
@Suite struct SupervisionTests {
    static var name: String { HostChance().bytes(8).map { String($0, radix: 16) }.joined() }

    @Test(
        "each state is a datagram of lines, to a path and to an abstract name", arguments: ["/tmp/tidemark-notify-", "@tidemark-notify-"])
    func states(prefix: String) throws {
        let address = prefix + Self.name
        let socket = try #require(StandInSocket(address))
        defer { unlink(address) }
        let supervision = Supervision(Environment(["NOTIFY_SOCKET": address, "WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "\(getpid())"]))
        #expect(supervision.watchdog == .seconds(2))
        supervision.ready("2 clusters\nall well")
        supervision.reloading(.seconds(12) + .microseconds(34))
        supervision.status("busy")
        supervision.alive()
        supervision.stopping()
        #expect(
            socket.received() == [
                "READY=1\nSTATUS=2 clusters all well", "RELOADING=1\nMONOTONIC_USEC=12000034", "STATUS=busy", "WATCHDOG=1",
                "STOPPING=1\nSTATUS=stopping",
            ])
    }

    @Test("without a socket, with a watchdog of another process, and with nobody listening, nothing happens")
    func none() {
        let alone = Supervision(Environment([:]))
        alone.ready("well")
        #expect(alone.watchdog == nil)
        #expect(Supervision(Environment(["NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "5", "WATCHDOG_PID": "1"])).watchdog == nil)
        #expect(Supervision(Environment(["WATCHDOG_USEC": "5"])).watchdog == nil)
        #expect(NotifySocket("relative") == nil && NotifySocket("@" + String(repeating: "a", count: 107)) == nil)
        #expect(NotifySocket("@tidemark-nobody-\(Self.name)")?.send(["READY=1"]) == false)
    }
}
