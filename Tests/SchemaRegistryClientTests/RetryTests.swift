import Bytes
import SchemaRegistryClient
import Seams
import Testing

@Suite("Passing failures are outlived, others told")
struct RetryTests {
    private func client(_ transport: any HTTPTransport, urls: [String] = ["http://one"], time: PatientTime = PatientTime()) throws
        -> SchemaRegistryClient
    {
        SchemaRegistryClient(
            try RegistryConfiguration(baseURLs: urls), transport: transport, time: time, chance: SeededChance(seed: 7))
    }

    private let busy = ScriptedTransport.json(503, #"{"error_code":50301,"message":"busy"}"#)
    private let noLeader = ScriptedTransport.json(500, #"{"error_code":50004,"message":"Leader not known."}"#)
    private let registration = Registration(schema: Schema(text: "\"int\""))

    @Test("a read goes well after two 5xx, with growing pauses")
    func reads() async throws {
        let transport = ScriptedTransport([busy, noLeader, ScriptedTransport.json(200, "[1]")])
        let time = PatientTime()
        #expect(try await client(transport, time: time).versions(of: "a") == [1])
        #expect(transport.requests.count == 3)
        #expect(time.sleeps.count == 2)
        #expect((Duration.milliseconds(100)...(.milliseconds(200))).contains(time.sleeps[0]))
        #expect((Duration.milliseconds(200)...(.milliseconds(400))).contains(time.sleeps[1]))
    }

    @Test("a registry that says the credentials again tells them to nobody", arguments: [401, 403, 422, 500, 200])
    func echo(status: Int) async throws {
        for credentials in [
            RegistryCredentials.basic(user: "user", password: RegistrySecret("REGSECRET9")),
            .bearer(RegistrySecret("head.REGSECRET9.sign")),
        ] {
            let header = RegistryCallHeader.of(credentials)
            let again = header.hasPrefix("Basic") ? "REGSECRET9" : header
            let body = #"{"error_code":40101,"message":"no: \#(header) \#(again) \#(String(repeating: "x", count: 600))"}"#
            let transport = ScriptedTransport([ScriptedTransport.json(status, body)])
            let client = SchemaRegistryClient(
                try RegistryConfiguration(baseURLs: ["http://one"], credentials: credentials), transport: transport, time: PatientTime(),
                chance: SeededChance(seed: 7))
            let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
            let words = error.map { "\($0)" } ?? ""
            #expect(!words.contains("REGSECRET9") && !words.contains(header) && !words.contains("UkVHU0VDUkVUO"), "\(words)")
            #expect(status == 200 || words.contains("no: "), "\(words)")
            #expect(words.unicodeScalars.count < 1000)
        }
    }

    @Test("a server that asks for patience gets it")
    func retryAfter() async throws {
        let transport = ScriptedTransport([
            .success(HTTPAnswer(status: 429, body: [], retryAfter: .seconds(3))), ScriptedTransport.json(200, "[1]"),
        ])
        let time = PatientTime()
        #expect(try await client(transport, time: time).versions(of: "a") == [1])
        #expect(time.sleeps == [.seconds(3)])
    }

    @Test("a list that does not come to rest is an error and never a short list")
    func movingList() async throws {
        let turns = (0..<20).map { ScriptedTransport.json(200, $0 % 2 == 0 ? #"["a","b"]"# : #"["c"]"#) }
        let error = await #expect(throws: RegistryError.self) { try await client(ScriptedTransport(turns)).subjects() }
        #expect(error?.kind == .invalidAnswer && error?.reason.contains("changed") == true)
        // One that moved once is read anew.
        let once = ScriptedTransport([
            ScriptedTransport.json(200, #"["a","b"]"#), ScriptedTransport.json(200, #"["c"]"#), ScriptedTransport.json(200, #"["a","c"]"#),
        ])
        #expect(try await client(once).subjects() == ["a", "c"])
    }

    @Test("a failure that stays is told after all rounds")
    func lasting() async throws {
        let transport = ScriptedTransport([busy])
        let client = try client(transport)
        let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
        #expect(error?.kind == .server)
        #expect(error?.code == 50301)
        #expect(transport.requests.count == 4)
    }

    @Test("the next URL is tried at once, and kept")
    func urls() async throws {
        let transport = ScriptedTransport([
            .failure(HTTPTransportError(.connect, reason: "connection refused")), ScriptedTransport.json(200, "[1]"),
        ])
        let time = PatientTime()
        let client = try client(transport, urls: ["http://one", "http://two/"], time: time)
        #expect(try await client.versions(of: "a") == [1])
        #expect(try await client.versions(of: "a") == [1])
        #expect(time.sleeps.isEmpty)
        #expect(
            transport.requests.map(\.url) == [
                "http://one/subjects/a/versions", "http://two/subjects/a/versions", "http://two/subjects/a/versions",
            ])
    }

    @Test("a change is repeated where nothing was sent")
    func changeAfterRefusedConnection() async throws {
        let transport = ScriptedTransport([
            .failure(HTTPTransportError(.connect, reason: "connection refused")), ScriptedTransport.json(200, #"{"id":4}"#),
        ])
        #expect(try await client(transport).register(registration, under: "a").id == 4)
    }

    @Test(
        "a change is not repeated where it may have been made, and the error says so",
        arguments: [
            ScriptedTransport.Step.failure(HTTPTransportError(.interrupted, reason: "closed")),
            .failure(HTTPTransportError(.timeout, reason: "late")), ScriptedTransport.json(500, "{}"),
            ScriptedTransport.json(504, "<html>gateway time-out</html>"), ScriptedTransport.json(200, #"{"id":"#),
        ])
    func ambiguousChange(step: ScriptedTransport.Step) async throws {
        let transport = ScriptedTransport([step])
        let client = try client(transport)
        let error = await #expect(throws: RegistryError.self) { try await client.register(registration, under: "a") }
        #expect(error?.isOutcomeUnknown == true)
        #expect(transport.requests.count == 1)
    }

    @Test("a refusal is not repeated, nor taken to another URL", arguments: [401, 403, 404, 409, 422])
    func refusals(status: Int) async throws {
        let transport = ScriptedTransport([ScriptedTransport.json(status, #"{"error_code":1,"message":"no"}"#)])
        let client = try client(transport, urls: ["http://one", "http://two"])
        await #expect(throws: RegistryError.self) { try await client.subjects() }
        #expect(transport.requests.count == 1)
    }

    @Test("a look-up asks by POST and is repeated like a read")
    func lookUp() async throws {
        let transport = ScriptedTransport([
            .failure(HTTPTransportError(.interrupted, reason: "closed")),
            ScriptedTransport.json(404, #"{"error_code":40403,"message":"Schema not found"}"#),
        ])
        #expect(try await client(transport).lookUp(registration.schema, in: "a") == nil)
        #expect(transport.requests.count == 2)
    }

    @Test("what others wrote is cut short and cleaned of control characters")
    func cleansMessages() async throws {
        let text = String(repeating: "x", count: 10_000)
        let client = try client(ScriptedTransport([ScriptedTransport.json(422, #"{"error_code":42201,"message":"\u001b[2J\#(text)"}"#)]))
        let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
        #expect(error.map { $0.message.utf8.count < 700 && !$0.message.contains("\u{1B}") } == true)
    }
}

/// The header as the client sends it.
private enum RegistryCallHeader {
    static func of(_ credentials: RegistryCredentials) -> String {
        switch credentials {
        case .none: ""
        case .basic: "Basic " + Base64.encode(Array("user:REGSECRET9".utf8))
        case .bearer: "Bearer head.REGSECRET9.sign"
        }
    }
}
