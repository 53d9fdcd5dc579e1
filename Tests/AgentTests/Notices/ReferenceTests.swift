import Foundation
import Host
import LoopbackServer
import Policies
import Seams
import Testing
import Web

@testable import Agent

/// What a receiver's references stand for is looked up for each delivery.
@Suite struct ReferenceTests {
    @Test("a file that is replaced between two notices counts for the second; one that is missing is a failure that names it")
    func eachTimeAnew() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidemark-references-\(HostChance().bytes(8).hex)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "url")
        let notifier = ChannelNotifier(web: NetworkWeb(), time: HostTime(), environment: Environment(["TOKEN": "t"]))
        try await LoopbackServer.run { _, _ in
            .init(204)
        } _: { server in
            let receiver = Receiver(
                name: "hook",
                channel: .webhook(url: SecretSource("file:\(file.path)"), headers: ["Authorization": SecretSource("Bearer ${TOKEN}")]))
            let missing = await #expect(throws: DeliveryFailure.self) { try await notifier.deliver(NoticeTests.notice, to: receiver) }
            #expect(missing?.reason.contains("hook.webhook: the file \(file.path) cannot be read") == true)
            for path in ["/first", "/second"] {
                try Data((server.url + path + "\n").utf8).write(to: file)
                try await notifier.deliver(NoticeTests.notice, to: receiver)
            }
            #expect(server.requests.map(\.uri) == ["/first", "/second"])
            #expect(server.requests.allSatisfy { $0.header("authorization") == "Bearer t" })
            try Data("ftp://elsewhere\n".utf8).write(to: file)
            let wrong = await #expect(throws: DeliveryFailure.self) { try await notifier.deliver(NoticeTests.notice, to: receiver) }
            #expect(wrong?.reason.contains("is no URL") == true && wrong?.reason.contains("elsewhere") == false)
        }
    }
}
