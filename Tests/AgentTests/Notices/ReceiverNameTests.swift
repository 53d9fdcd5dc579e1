import Policies
import Testing

@testable import Agent

/// Receivers are known again by where they lead, not by where they stand.
@Suite struct ReceiverNameTests {
    private func hook(_ url: String, _ headers: [String: String] = [:]) -> Receiver.Channel {
        .webhook(url: SecretSource(url), headers: headers.mapValues { SecretSource($0) })
    }

    private func receiver(_ place: String, _ channel: Receiver.Channel) -> Receiver {
        Receiver(name: channel.name, place: place, channel: channel)
    }

    @Test("names are of kind and place that it leads to, and of nothing else; a reference is not looked up")
    func names() {
        let channels: [Receiver.Channel] = [
            hook("https://a"), hook("https://b"), hook("https://a", ["X-Team": "one"]), hook("https://a", ["X-Team": "two"]),
            hook("${HOOK}"), .slack(url: SecretSource("https://a")), .command(["a", "b"]), .command(["a b"]),
            .sendmail(program: "/usr/sbin/sendmail", to: ["a@b.c"], from: nil),
        ]
        #expect(Set(channels.map(\.name)).count == channels.count)
        #expect(hook("https://a").name == hook("https://a").name)
        #expect(hook("https://user:hush@a").name.wholeMatch(of: /webhook-[0-9a-f]{8}/) != nil)
    }

    @Test("a list in another order sends nothing elsewhere; a corrected URL is followed, and one that is gone is not")
    func book() {
        let (pager, chat) = (receiver("notifications[0]", hook("https://pager")), receiver("notifications[1]", hook("https://chat")))
        var book = ReceiverBook([pager, chat])
        let moved = [receiver("notifications[0]", chat.channel), receiver("notifications[1]", pager.channel)]
        book.turn(to: moved)
        #expect(book.now(pager) == moved[1] && book.now(chat) == moved[0])
        let corrected = receiver("notifications[1]", hook("https://pager2"))
        book.turn(to: [moved[0], corrected])
        #expect(book.now(pager) == corrected && book.now(chat) == moved[0])
        // The first leaves, and the second moves up to where it stood.
        let up = receiver("notifications[0]", corrected.channel)
        book.turn(to: [up])
        #expect(book.now(pager) == up && book.now(chat) == nil)
        book.turn(to: [receiver("notifications[0]", .command(["other"]))])
        #expect(book.now(pager) == nil)
        book.turn(to: [pager])
        #expect(book.now(pager) == pager && book.now(corrected) == nil)
    }
}
