import Bytes
import Host
import LoopbackServer
import Seams
import NIOConcurrencyHelpers
import Testing
import Web

@testable import KafkaClient

/// Tokens from an endpoint, over real HTTP and HTTPS on 127.0.0.1.
@Suite struct TokenEndpointTests {
    /// A clock that a test moves; waiting takes no time.
    final class TestTime: TimeSource {
        private let moment = NIOLockedValueBox(Timestamp(milliseconds: 1_000_000_000))
        let slept = NIOLockedValueBox<[Duration]>([])
        func now() -> Timestamp { moment.withLockedValue { $0 } }
        func uptime() -> Duration { .milliseconds(now().milliseconds) }
        func sleep(for duration: Duration) async throws { slept.withLockedValue { $0.append(duration) } }
        func pass(_ duration: Duration) { moment.withLockedValue { $0 = $0.advanced(by: duration) } }
    }

    static let address = BrokerAddress(host: "b", port: 1)

    func authenticator(
        _ url: String, _ time: any TimeSource, kept: KeptLogins = KeptLogins(), _ change: (inout TokenEndpoint) -> Void = { _ in }
    ) -> Authenticator {
        var endpoint = TokenEndpoint(url: url + "/token", clientID: "i:d", clientSecret: Secret("hunter2/+"), scope: "a b")
        change(&endpoint)
        var configuration = ClientConfiguration(bootstrap: [Self.address])
        configuration.security.sasl = .bearer(BearerLogin(.endpoint(endpoint), extensions: ["x": "y"]))
        configuration.surroundings.kept = kept
        return Authenticator(configuration, time, SeededChance(seed: 1))
    }

    private func failure(_ authenticator: Authenticator) async -> KafkaError? {
        do {
            _ = try await authenticator.grant(for: Self.address)
            Issue.record("there is a token")
            return nil
        } catch {
            return error
        }
    }

    @Test func theRequestIsAsKafkasOwnClientMakesIt() async throws {
        try await LoopbackServer.run({ _, _ in .init(200, #"{"access_token":"tok","expires_in":100,"token_type":"Bearer"}"#) }) {
            server async throws in
            let grant = try await authenticator(server.url, TestTime()).grant(for: Self.address)?.sasl
            #expect(grant == .bearer(Secret("tok"), extensions: ["x": "y"]))
            let request = try #require(server.requests.first)
            #expect(request.method == "POST" && request.uri == "/token")
            #expect(request.body == "grant_type=client_credentials&scope=a%20b")
            #expect(request.header("Authorization") == "Basic " + Base64.encode(Array("i:d:hunter2/+".utf8)))
            #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
            _ = try await authenticator(server.url, TestTime()) {
                $0.encodesHeader = true; $0.scope = nil
            }.grant(for: Self.address)
            #expect(server.requests.last?.header("Authorization") == "Basic " + Base64.encode(Array("i%3Ad:hunter2%2F%2B".utf8)))
            #expect(server.requests.last?.body == "grant_type=client_credentials")
        }
    }

    @Test func aTokenIsKeptForFourFifthsOfItsLifeAndFetchedOnceForAll() async throws {
        try await LoopbackServer.run({ _, before in .init(200, #"{"access_token":"tok\#(before)","expires_in":100}"#) }) {
            server async throws in
            let time = TestTime()
            let authenticator = authenticator(server.url, time)
            try await withThrowingTaskGroup(of: SaslGrant?.self) { group in
                for _ in 0..<8 { group.addTask { try await authenticator.grant(for: Self.address)?.sasl } }
                for try await grant in group { #expect(grant == .bearer(Secret("tok0"), extensions: ["x": "y"])) }
            }
            time.pass(.seconds(79))
            #expect(try await authenticator.grant(for: Self.address)?.sasl == .bearer(Secret("tok0"), extensions: ["x": "y"]))
            #expect(server.requests.count == 1)
            time.pass(.seconds(2))
            #expect(try await authenticator.grant(for: Self.address)?.sasl == .bearer(Secret("tok1"), extensions: ["x": "y"]))
            #expect(server.requests.count == 2)
        }
    }

    @Test func trustIsTheEndpointsOwn() async throws {
        try await LoopbackServer.run(
            certificate: TestCertificates.server, key: TestCertificates.serverKey,
            { _, _ in
                .init(200, #"{"access_token":"tok"}"#)
            }
        ) { server async throws in
            let trusting = authenticator(server.url, TestTime()) { $0.authorities = Secret(TestCertificates.authority) }
            #expect(try await trusting.grant(for: Self.address)?.sasl == .bearer(Secret("tok"), extensions: ["x": "y"]))
            for authority in [nil, TestCertificates.stranger] {
                let error = await failure(authenticator(server.url, TestTime()) { $0.authorities = authority.map { Secret($0) } })
                #expect(error?.code == .authenticationFailed && error?.cause.contains("no answer") == true)
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test func passingTroubleIsTriedAgainWithGrowingPausesAndRefusalsAreNot() async throws {
        try await LoopbackServer.run({ _, before in before < 2 ? .init(503, "") : .init(200, #"{"access_token":"tok"}"#) }) {
            server async throws in
            let time = TestTime()
            _ = try await authenticator(server.url, time) { $0.retryBackoff = .milliseconds(1000) }.grant(for: Self.address)
            let slept = time.slept.withLockedValue { $0 }
            #expect(slept.count == 2)
            #expect(slept[0] >= .milliseconds(800) && slept[0] <= .milliseconds(1200))
            #expect(slept[1] >= .milliseconds(1600) && slept[1] <= .milliseconds(2400))
        }
        try await LoopbackServer.run({ _, _ in
            .init(401, #"{"error":"invalid_client","error_description":"Bad client credentials"}"#)
        }) { server async throws in
            let error = await failure(authenticator(server.url, TestTime()))
            #expect(error?.cause.contains("401: invalid_client (Bad client credentials)") == true)
            #expect(error?.hint.contains("clientSecret") == true && error?.outcome == .notSent)
            #expect(error.map { "\($0)".contains("hunter2") } == false)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [
        ("", "without an access_token"), ("<html>", "without an access_token"), (#"{"access_token":""}"#, "without an access_token"),
        (#"{"access_token":"eyJhbGciOiJub25lIn0.eyJleHAiOjF9."}"#, "has expired"),
    ])
    func anAnswerThatIsNoTokenSaysSo(body: String, words: String) async throws {
        try await LoopbackServer.run({ _, _ in .init(200, body) }) { server async throws in
            #expect(await failure(authenticator(server.url, TestTime()))?.cause.contains(words) == true)
        }
    }

    @Test(arguments: [
        #"{"token_type":"Bearer","expires_in":"3599","ext_expires_in":"0","access_token":"tok"}"#,
        #"{"access_token":"tok","expires_in":"soon"}"#, #"{"access_token":"tok","expires_in":null}"#,
        #"{"id_token":"tok"}"#, #"{"id_token":"tok","access_token":null}"#, #"{"id_token":"tok","access_token":" "}"#,
        #"{"access_token":"tok","id_token":"other","expires_in":[1]}"#,
    ]) func eachMemberOfAnAnswerIsReadByItself(body: String) async throws {
        try await LoopbackServer.run({ _, _ in .init(200, body) }) { server async throws in
            #expect(
                try await authenticator(server.url, TestTime()).grant(for: Self.address)?.sasl
                    == .bearer(Secret("tok"), extensions: ["x": "y"]))
        }
    }

    @Test func aLifeThatIsTextCounts() async throws {
        try await LoopbackServer.run({ _, before in .init(200, #"{"access_token":"tok\#(before)","expires_in":"100"}"#) }) {
            server async throws in
            let time = TestTime()
            let authenticator = authenticator(server.url, time)
            _ = try await authenticator.grant(for: Self.address)
            time.pass(.seconds(81))
            #expect(try await authenticator.grant(for: Self.address)?.sasl == .bearer(Secret("tok1"), extensions: ["x": "y"]))
        }
    }

    @Test(arguments: [429, 500, 503]) func troubleOfTheEndpointIsNoRefusal(status: Int) async throws {
        try await LoopbackServer.run({ _, _ in .init(status, "") }) { server async throws in
            let error = await failure(authenticator(server.url, TestTime()))
            #expect(error?.code == .cannotConnect && error?.cause.contains("answers \(status)") == true)
        }
        #expect(await failure(authenticator("http://127.0.0.1:1", TestTime()))?.code == .cannotConnect)
    }

    @Test(arguments: [400, 401, 403, 404]) func aRefusalIsOne(status: Int) async throws {
        try await LoopbackServer.run({ _, _ in .init(status, "") }) { server async throws in
            #expect(await failure(authenticator(server.url, TestTime()))?.code == .authenticationFailed)
        }
    }

    @Test func anEndpointThatSaysTheRequestAgainTellsNoSecret() async throws {
        try await LoopbackServer.run({ request, _ in
            let all = "POST \(request.uri) " + request.headers.map { "\($0.name): \($0.value)" }.joined(separator: " ") + request.body
            return .init(401, #"{"error":"hunter2/+","error_description":"\#(all.replacing("\"", with: ""))"}"#)
        }) { server async throws in
            for encodes in [false, true] {
                let error = await failure(
                    authenticator(server.url, TestTime()) {
                        $0.url += "?apikey=QUERYSECRET&b=OTHERSECRET"
                        $0.encodesHeader = encodes
                    })
                let words = error.map { "\($0)" } ?? ""
                #expect(words.contains("[redacted]") && words.contains("POST /token?"))
                for secret in ["hunter2", "QUERYSECRET", "OTHERSECRET", "aHVudGVyMi"] { #expect(!words.contains(secret), "\(words)") }
                let header = server.requests.last?.header("Authorization")?.dropFirst(6) ?? ""
                #expect(header.count > 10 && !words.contains(header.prefix(10)), "\(words)")
            }
        }
    }

    @Test func anEndlessAnswerAndASilentEndpointHaveLimits() async throws {
        try await LoopbackServer.run({ _, _ in .init(200, String(repeating: " ", count: 3 << 20)) }) { server async throws in
            #expect(await failure(authenticator(server.url, TestTime()))?.cause.contains("longer than") == true)
        }
        try await LoopbackServer.run({ _, _ in .silence }) { server async throws in
            let quick = authenticator(server.url, TestTime()) {
                $0.connectTimeout = .milliseconds(500)
                $0.readTimeout = .milliseconds(200)
            }
            #expect(await failure(quick)?.cause.contains("in time") == true)
            #expect(server.requests.count == 4)
        }
        #expect(await failure(authenticator("http://127.0.0.1:1", TestTime()))?.cause.contains("refused") == true)
    }

    @Test(.timeLimit(.minutes(2))) func anEndpointThatSendsAByteNowAndThenIsCutAtTheDeadlineOfTheWhole() async throws {
        try await LoopbackServer.run({ _, _ in .dripping }) { server async throws in
            let quick = authenticator(server.url, TestTime()) {
                $0.connectTimeout = .milliseconds(500)
                $0.readTimeout = .milliseconds(500)
            }
            #expect(await failure(quick)?.cause.contains("in time") == true)
            #expect(server.requests.count == 4)
        }
    }

    @Test func whatMayBeSecretInAURLIsNotTold() async throws {
        for (url, shown) in [
            ("https://u:hunter2@idp.example:8443/oauth/token?key=hunter2#hunter2", "https://idp.example:8443/oauth/token"),
            ("http://idp/a@b?x=hunter2", "http://idp/a@b"), ("https://idp", "https://idp"), ("idp/hunter?hunter2", "idp/hunter"),
        ] { #expect(TokenEndpoint(url: url, clientID: "i", clientSecret: Secret("s")).shownURL == shown) }
        try await LoopbackServer.run({ _, before in .init(before == 0 ? 403 : 200, "") }) { server async throws in
            var endpoint = TokenEndpoint(url: server.url + "/token?key=hunter2", clientID: "i", clientSecret: Secret("s"))
            endpoint.retryBackoff = .zero
            var configuration = ClientConfiguration(bootstrap: [Self.address])
            for url in [endpoint.url, endpoint.url, "http://127.0.0.1:1/token?key=hunter2"] {
                endpoint.url = url
                configuration.security.sasl = .bearer(BearerLogin(.endpoint(endpoint)))
                let error = await failure(Authenticator(configuration, TestTime(), SeededChance(seed: 1)))
                #expect(error?.cause.contains("/token ") == true && error.map { "\($0)".contains("hunter2") } == false)
            }
        }
    }

    @Test func aFileIsReadAnewAndAnExpiredOrMissingTokenIsNamed() async throws {
        let content = Content("one\n")
        var configuration = ClientConfiguration(bootstrap: [Self.address])
        configuration.security.sasl = .bearer(BearerLogin(.file("/token")))
        configuration.surroundings.file = { path in path == "/token" ? content.bytes : nil }
        let authenticator = Authenticator(configuration, TestTime(), SeededChance(seed: 1))
        #expect(try await authenticator.grant(for: Self.address)?.sasl == .bearer(Secret("one"), extensions: [:]))
        content.set("two")
        #expect(try await authenticator.grant(for: Self.address)?.sasl == .bearer(Secret("two"), extensions: [:]))
        content.set("eyJhbGciOiJub25lIn0.eyJleHAiOjF9.")
        #expect(await failure(authenticator)?.cause.contains("has expired at 1970-01-01T00:00:01.000Z") == true)
        content.set(nil)
        #expect(await failure(authenticator)?.cause.contains("there is no token file /token") == true)
    }

    @Test func aTokenFileThatIsTooLargeIsCalledSo() async throws {
        var configuration = ClientConfiguration(bootstrap: [Self.address])
        configuration.security.sasl = .bearer(BearerLogin(.file("/dev/zero")))
        let error = await failure(Authenticator(configuration, TestTime(), SeededChance(seed: 1)))
        #expect(error?.cause == "sasl.oauthbearer.token.endpoint.url: the file /dev/zero is larger than 4 MiB")
        #expect(error?.hint == "Check that it is the right file." && error?.code == .authenticationFailed)
    }

    private final class Content: Sendable {
        private let text: NIOLockedValueBox<String?>
        init(_ text: String?) { self.text = NIOLockedValueBox(text) }
        func set(_ text: String?) { self.text.withLockedValue { $0 = text } }
        var bytes: [UInt8]? { text.withLockedValue { $0 }.map { Array($0.utf8) } }
    }

    /// Answers so, or, where there is no status, not before its task is cancelled.
    private struct Endpoint: WebTransport {
        var status: Int?

        func send(_ request: WebRequest) async throws(WebFailure) -> WebAnswer {
            if let status { return WebAnswer(status: status, body: []) }
            do {
                try await HostTime().sleep(for: .seconds(60))
            } catch {
                throw WebFailure("the command was stopped", isTransient: false)
            }
            throw WebFailure("nothing came", isTransient: true)
        }
    }

    @Test(arguments: [(503, "it answered 503"), (nil, "it was not waited for any longer")] as [(Int?, String)])
    func whereTheTimeIsUpTheEndpointAndWhatItDidAreNamed(status: Int?, words: String) async throws {
        var endpoint = TokenEndpoint(url: "https://idp.example/token?secret=hunter3", clientID: "me", clientSecret: Secret("hunter2"))
        endpoint.retryBackoff = .seconds(60)
        endpoint.retryBackoffMax = .seconds(60)
        var configuration = ClientConfiguration(bootstrap: [Self.address])
        configuration.apiTimeout = .milliseconds(400)
        configuration.security.sasl = .bearer(BearerLogin(.endpoint(endpoint)))
        configuration.surroundings.web = Endpoint(status: status)
        try await TestCluster.withClient(configuration) { client in
            // One asks, the others wait for it.
            await withTaskGroup(of: KafkaError?.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        do throws(KafkaError) {
                            _ = try await client.describeCluster()
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                var causes: [String] = []
                for await error in group {
                    #expect(error?.code == .timedOut)
                    #expect(error?.cause.contains("the token endpoint https://idp.example/token ") == true)
                    #expect(!"\(String(describing: error))".contains("hunter"))
                    causes.append(error?.cause ?? "")
                }
                #expect(causes.contains { $0.contains(words) }, "\(causes)")
                #expect(!causes.contains { $0.contains("stopped") }, "\(causes)")
            }
        }
    }
}
