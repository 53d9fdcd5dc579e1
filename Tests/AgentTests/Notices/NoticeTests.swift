import Bytes
import Foundation
import Host
import KafkaClient
import LoopbackServer
import Policies
import Seams
import SnapshotModel
import Testing
import Web

@testable import Agent

/// Each way to tell somebody, proven against a receiver on loopback and programs of the test.
@Suite struct NoticeTests {
    static let notice = Notice(
        .failure, cluster: "production", job: .backup, message: "no broker answers <at all> & nobody knows why",
        hint: "look at them.", moment: Timestamp(milliseconds: 1_795_000_000_000), agent: "host-1")

    var notifier: ChannelNotifier {
        ChannelNotifier(web: NetworkWeb(), time: HostTime(), environment: Environment(["PATH": "/usr/bin:/bin", "SECRET": "hush"]))
    }

    @Test("a webhook gets the notice as JSON, with the headers of the policy")
    func webhook() async throws {
        try await LoopbackServer.run { _, _ in
            .init(204)
        } _: { server in
            let receiver = Receiver(
                name: "hook",
                channel: .webhook(
                    url: SecretSource(server.url + "/tell?token=s3cret"), headers: ["Authorization": SecretSource("Bearer t")]))
            try await notifier.deliver(Self.notice, to: receiver)
            let request = try #require(server.requests.first)
            #expect(request.method == "POST" && request.uri == "/tell?token=s3cret")
            #expect(request.header("authorization") == "Bearer t" && request.header("content-type") == "application/json")
            let json = try JSON.parse(Array(request.body.utf8))
            #expect(json == Self.notice.json && json["event"]?.text == "failure" && json["hint"]?.text == "look at them.")
        }
    }

    @Test("Slack gets a text in which nothing of ours is its mark-up")
    func slack() async throws {
        try await LoopbackServer.run { _, _ in
            .init(200, "ok")
        } _: { server in
            try await notifier.deliver(
                Self.notice, to: Receiver(name: "slack", channel: .slack(url: SecretSource(server.url + "/services/T/B/X"))))
            let json = try JSON.parse(Array(try #require(server.requests.first).body.utf8))
            let text = try #require(json["text"]?.text?.validText)
            #expect(
                text
                    == "*Tidemark: backup of production failed*\nno broker answers &lt;at all&gt; &amp; nobody knows why\nhint: look at them."
            )
        }
    }

    @Test("an answer that is no success, and one that does not come in time, is a failure without the URL")
    func refused() async throws {
        try await LoopbackServer.run { request, _ in
            request.uri == "/slow" ? .silence : .init(500)
        } _: { server in
            for path in ["/broken", "/slow"] {
                var receiver = Receiver(name: "hook", channel: .webhook(url: SecretSource(server.url + path), headers: [:]))
                receiver.timeLimit = .milliseconds(300)
                let failure = await #expect(throws: DeliveryFailure.self) { try await notifier.deliver(Self.notice, to: receiver) }
                #expect(failure?.reason.contains(server.url) == false)
            }
        }
    }

    @Test("whoever says 2xx has it, whatever else is said, or is not", arguments: ["/long", "/slow"])
    func accepted(_ path: String) async throws {
        try await LoopbackServer.run { request, _ in
            request.uri == "/long" ? .init(200, String(repeating: "x", count: 3 << 20)) : .dripping
        } _: { server in
            var receiver = Receiver(name: "hook", channel: .webhook(url: SecretSource(server.url + path), headers: [:]))
            receiver.timeLimit = .seconds(5)
            try await notifier.deliver(Self.notice, to: receiver)
            #expect(server.requests.count == 1)
        }
    }

    @Test("a login in the URL behind a reference is refused, and not told")
    func login() async throws {
        let notifier = ChannelNotifier(
            web: NetworkWeb(), time: HostTime(), environment: Environment(["HOOK": "http://admin:s3cret@127.0.0.1:1/"]))
        let receiver = Receiver(name: "hook", channel: .webhook(url: SecretSource("${HOOK}"), headers: [:]))
        let failure = await #expect(throws: DeliveryFailure.self) { try await notifier.deliver(Self.notice, to: receiver) }
        #expect(failure?.reason.contains("would not be sent") == true && failure?.reason.contains("s3cret") == false)
    }

    @Test("sendmail gets one message with its recipients in it")
    func sendmail() async throws {
        try await withScript("printf '%s\\n' \"$@\" > \"$0.arguments\"; cat > \"$0.message\"") { script in
            let receiver = Receiver(
                name: "mail", channel: .sendmail(program: script, to: ["a@example.com", "b@example.com"], from: "tidemark@example.com"))
            try await notifier.deliver(Self.notice, to: receiver)
            #expect(try String(contentsOfFile: script + ".arguments", encoding: .utf8) == "-oi\n-t\n")
            let message = try String(contentsOfFile: script + ".message", encoding: .utf8)
            let parts = message.components(separatedBy: "\n\n")
            let head = parts[0].split(separator: "\n")
            #expect(head.contains("To: a@example.com, b@example.com") && head.contains("From: tidemark@example.com"))
            #expect(head.contains("Subject: Tidemark: backup of production failed"))
            #expect(message.contains(Self.notice.message) && message.contains("hint: look at them."))
        }
    }

    @Test("a name with a line break in it makes no second header")
    func injection() {
        var notice = Self.notice
        notice.cluster = "a\r\nBcc: everybody@example.com"
        let message = MailMessage(notice, to: ["a@example.com\nCc: b@example.com"], from: nil)
        let head = String(decoding: message.bytes, as: UTF8.self).components(separatedBy: "\n\n")[0].split(whereSeparator: \.isNewline)
        #expect(!head.contains { $0.hasPrefix("Bcc:") || $0.hasPrefix("Cc:") })
    }

    @Test("a command gets the notice on its standard input and in variables, its arguments as they are, and none of the agent's secrets")
    func command() async throws {
        try await withScript("printf '%s\\n' \"$@\" > \"$0.arguments\"; cat > \"$0.json\"; env > \"$0.env\"") { script in
            let receiver = Receiver(name: "command", channel: .command([script, "$(id)", "two words"]))
            try await notifier.deliver(Self.notice, to: receiver)
            #expect(try String(contentsOfFile: script + ".arguments", encoding: .utf8) == "$(id)\ntwo words\n")
            let json = try JSON.parse(Array(Data(contentsOf: URL(filePath: script + ".json")).dropLast()))
            #expect(json == Self.notice.json)
            let variables = try String(contentsOfFile: script + ".env", encoding: .utf8)
            #expect(variables.contains("TIDEMARK_EVENT=failure") && variables.contains("TIDEMARK_CLUSTER=production"))
            #expect(!variables.contains("hush"))
        }
    }

    @Test("a command that fails says why, one that hangs is ended, one that is not there is told")
    func failingCommands() async throws {
        try await withScript("cat > /dev/null; echo 'no such room' >&2; exit 3") { script in
            let failure = await #expect(throws: DeliveryFailure.self) {
                try await notifier.deliver(Self.notice, to: Receiver(name: "c", channel: .command([script])))
            }
            #expect(failure?.reason == "\(script) ended with code 3: no such room")
        }
        try await withScript("exec sleep 600") { script in
            var receiver = Receiver(name: "c", channel: .command([script]))
            receiver.timeLimit = .milliseconds(200)
            let failure = await #expect(throws: DeliveryFailure.self) { try await notifier.deliver(Self.notice, to: receiver) }
            #expect(failure?.reason.contains("did not end within 200ms") == true)
        }
        await #expect(throws: DeliveryFailure.self) {
            try await notifier.deliver(Self.notice, to: Receiver(name: "c", channel: .command(["/nowhere/at/all"])))
        }
    }

    /// A script of bash, in a folder of its own that goes afterwards.
    private func withScript(_ text: String, _ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidemark-notice-\(HostChance().bytes(8).hex)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "script").path
        try Data("#!/bin/bash\n\(text)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try await body(path)
    }
}
