import Bytes
import Host
import KafkaSimulator
import LoopbackServer
import SchemaRegistryClient
import Testing

@Suite("Against a registry on a socket")
struct LiveRegistryTests {
    private static let record: ByteString = #"{"type":"record","name":"A","fields":[{"name":"x","type":"int"}]}"#
    private static let longer: ByteString =
        #"{"type":"record","name":"A","fields":[{"name":"x","type":"int"},{"name":"y","type":"string","default":"q"}]}"#

    private func withClient(
        _ configuration: SimulatedRegistryConfiguration = SimulatedRegistryConfiguration(), credentials: RegistryCredentials = .none,
        tls: RegistryTLS = RegistryTLS(), timeout: Duration = .seconds(30), before: [String] = [], largestAnswer: Int = 1 << 20,
        _ body: (SchemaRegistryClient, SimulatedRegistry) async throws -> Void
    ) async throws {
        try await RegistryServer.withRegistry(configuration, time: HostTime()) { registry, url in
            let settings = try RegistryConfiguration(
                baseURLs: before + [url], credentials: credentials, tls: tls, timeout: timeout, rounds: 3, firstPause: .milliseconds(1),
                largestAnswer: largestAnswer)
            try await SchemaRegistryClient.withClient(settings, time: HostTime(), chance: HostChance()) { try await body($0, registry) }
        }
    }

    @Test("a registry that sends a byte now and then is cut at the time-out of the whole", .timeLimit(.minutes(2)))
    func dripping() async throws {
        try await LoopbackServer.run({ _, _ in .dripping }) { server async throws in
            let settings = try RegistryConfiguration(
                baseURLs: [server.url], timeout: .milliseconds(500), rounds: 2, firstPause: .milliseconds(1))
            try await SchemaRegistryClient.withClient(settings, time: HostTime(), chance: HostChance()) { client async throws in
                let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
                #expect(error?.kind == .timeout)
            }
            #expect(server.requests.count == 2)
        }
    }

    @Test("what does not speak HTTP is named as that, at once", .timeLimit(.minutes(2)))
    func withoutHTTP() async throws {
        try await LoopbackServer.run({ _, _ in .raw(Array("220 mail.example ready\r\n".utf8)) }) { server async throws in
            let settings = try RegistryConfiguration(baseURLs: [server.url], rounds: 3, firstPause: .milliseconds(1))
            try await SchemaRegistryClient.withClient(settings, time: HostTime(), chance: HostChance()) { client async throws in
                let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
                #expect(
                    error?.kind == .invalidAnswer && error?.reason == "what answers there does not speak HTTP",
                    "\(String(describing: error))")
                #expect(error?.hint.contains("speaks HTTP") == true)
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test("https:// to a server without TLS is named as that")
    func withoutTLS() async throws {
        try await RegistryServer.withRegistry(SimulatedRegistryConfiguration(), time: HostTime()) { _, url in
            let settings = try RegistryConfiguration(
                baseURLs: [url.replacing("http://", with: "https://")], rounds: 1, firstPause: .milliseconds(1))
            try await SchemaRegistryClient.withClient(settings, time: HostTime(), chance: HostChance()) { client in
                let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
                #expect(error?.kind == .tls && error?.message.contains("does not speak TLS") == true, "\(String(describing: error))")
            }
        }
    }

    @Test("a registry that cuts its lists at a limit of its own is read whole", arguments: [2, 3, 7, 20, 21])
    func pages(longest: Int) async throws {
        var configuration = SimulatedRegistryConfiguration()
        configuration.pages = RegistryPages(subjects: longest, schemas: longest)
        try await withClient(configuration) { client, registry async throws in
            let names = (10..<30).map { ByteString("subject-\($0)") }
            for name in names { _ = try await client.register(Registration(schema: Schema(text: Self.record)), under: name) }
            let before = registry.calls.count
            #expect(try await client.subjects() == names)
            #expect(try await client.inventory().map(\.subject) == names)
            let single = registry.calls.dropFirst(before).filter { $0.target.hasPrefix("/subjects/") }
            #expect(single.isEmpty, "subjects are not read one by one")
        }
    }

    @Test("what is registered is read back, in a subject with an awkward name", arguments: [RegistryFlavour.confluent, .karapace])
    func roundTrip(flavour: RegistryFlavour) async throws {
        try await withClient(SimulatedRegistryConfiguration(flavour: flavour)) { client, _ async throws in
            let subject: ByteString = "a/b c%2F?é"
            let first = try await client.register(Registration(schema: Schema(text: Self.record)), under: subject)
            let second = try await client.register(Registration(schema: Schema(text: Self.longer)), under: subject)
            #expect([first.id, second.id] == [1, 2])
            #expect(try await client.subjects() == [subject])
            #expect(try await client.versions(of: subject) == [1, 2])
            #expect(try await client.latestVersion(of: subject).id == 2)
            #expect(try await client.lookUp(Schema(text: Self.record), in: subject)?.version == 1)
            #expect(try await client.lookUp(Schema(text: "\"long\""), in: subject) == nil)
            #expect(try await client.versions(ofSchema: 2) == [SchemaVersionName(subject: subject, version: 2)])
            let text = flavour == .confluent ? Self.record : #"{"fields":[{"name":"x","type":"int"}],"name":"A","type":"record"}"#
            #expect(try await client.schema(1) == Schema(text: text))
            #expect(try await client.isCompatible(Schema(text: "\"long\""), with: 2, of: subject) == false)
            let conflict = await #expect(throws: RegistryError.self) {
                try await client.register(Registration(schema: Schema(text: "\"long\"")), under: subject)
            }
            #expect(conflict?.kind == .conflict)
        }
    }

    @Test("ids and versions are kept where there is IMPORT, and the mode is put back")
    func imports() async throws {
        try await withClient { client, registry async throws in
            _ = try await client.register(Registration(schema: Schema(text: "\"int\"")), under: "other")
            try await client.setMode(.import, of: .subject("s"))
            let wanted = Registration(schema: Schema(text: Self.record), id: 700, version: 3)
            let outcome = try await client.register(wanted, under: "s")
            #expect((outcome.id, outcome.version) == (700, 3))
            try await client.deleteMode(of: .subject("s"))
            #expect(try await client.mode(of: .subject("s")) == nil)
            #expect(try await client.effectiveMode(of: .subject("s")) == .readWrite)
            #expect(try await client.version(3, of: "s").id == 700)
            let late = await #expect(throws: RegistryError.self) { try await client.setMode(.import, of: .subject("s")) }
            #expect(late?.code == 42205)
        }
    }

    @Test("capabilities are found by asking, and asking changes nothing")
    func probes() async throws {
        try await withClient(SimulatedRegistryConfiguration(flavour: .confluent)) { client, registry async throws in
            let found = try await client.probe(forWriting: true)
            #expect(
                found
                    == RegistryCapabilities(
                        types: ["AVRO", "JSON", "PROTOBUF"], contexts: ["."], version: "8.3.1", modes: .supported, modeChanges: .supported))
            #expect(found.keepsIDs && found.countsIDsPerContext)
            #expect(try await client.mode(of: .subject("tidemark-probe")) == nil)
            #expect(try await client.subjects(withDeleted: true) == [])
        }
        try await withClient(SimulatedRegistryConfiguration(flavour: .karapace)) { client, registry async throws in
            let found = try await client.probe()
            #expect(
                found
                    == RegistryCapabilities(
                        types: ["AVRO", "JSON", "PROTOBUF"], contexts: nil, version: nil, modes: .supported, modeChanges: nil))
            #expect(registry.calls.allSatisfy { $0.method == "GET" })
            #expect(try await client.probe(forWriting: true).keepsIDs == false)
            #expect(try await client.subjects(withDeleted: true) == [])
        }
    }

    @Test(
        "the inventory holds soft-deleted versions and other contexts, and reads past an alias",
        arguments: [RegistryFlavour.confluent, .karapace])
    func inventory(flavour: RegistryFlavour) async throws {
        try await withClient(SimulatedRegistryConfiguration(flavour: flavour)) { client, _ async throws in
            for subject: ByteString in ["half", "gone", "aliased"] {
                _ = try await client.register(Registration(schema: Schema(text: Self.record)), under: subject)
                _ = try await client.register(Registration(schema: Schema(text: Self.longer)), under: subject)
            }
            _ = try await client.register(Registration(schema: Schema(text: "\"int\"")), under: ":.c:s")
            try await client.delete(1, of: "half")
            try await client.delete("gone")
            try await client.setCompatibility(
                CompatibilitySetting(level: "FULL", others: ["alias": .string("elsewhere")]), of: .subject("aliased"))

            let found = try await client.inventory()
            #expect(
                found.map { "\($0.subject) \($0.version) \($0.isDeleted == true ? "deleted" : "alive")" } == [
                    ":.c:s 1 alive", "aliased 1 alive", "aliased 2 alive", "gone 1 deleted", "gone 2 deleted", "half 1 deleted",
                    "half 2 alive",
                ])
            #expect(found.first?.id == (flavour == .confluent ? 1 : 3))
        }
    }

    @Test("deleting for good asks for deleting softly first")
    func deletes() async throws {
        try await withClient { client, _ async throws in
            _ = try await client.register(Registration(schema: Schema(text: Self.record)), under: "s")
            let early = await #expect(throws: RegistryError.self) { try await client.delete("s", forGood: true) }
            #expect(early?.code == 40405)
            #expect(try await client.delete("s") == [1])
            #expect(try await client.schema(1).text == Self.record)
            #expect(try await client.delete("s", forGood: true) == [1])
            let gone = await #expect(throws: RegistryError.self) { try await client.schema(1) }
            #expect(gone?.code == 40403)
        }
    }

    // MARK: What goes wrong on the way

    @Test("a wrong password is told as such, without the password; the right one is let in")
    func passwords() async throws {
        let configuration = SimulatedRegistryConfiguration(users: ["me": "right"], tokens: ["token"])
        for wrong: RegistryCredentials in [.none, .basic(user: "me", password: RegistrySecret("wr0ng")), .bearer(RegistrySecret("wr0ng"))] {
            try await withClient(configuration, credentials: wrong) { client, registry async throws in
                let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
                #expect(error?.kind == .authentication)
                #expect(error.map { !"\($0)".contains("wr0ng") } == true)
                #expect(registry.calls.count == 1)
            }
        }
        for right: RegistryCredentials in [.basic(user: "me", password: RegistrySecret("right")), .bearer(RegistrySecret("token"))] {
            try await withClient(configuration, credentials: right) { client, _ async throws in #expect(try await client.subjects() == []) }
        }
    }

    @Test("TLS: a private authority is trusted, another is not, nor are the system's")
    func privateAuthority() async throws {
        let configuration = SimulatedRegistryConfiguration(
            tls: .init(certificateChainPEM: TestCertificates.server, privateKeyPEM: TestCertificates.serverKey))
        try await withClient(configuration, tls: RegistryTLS(authoritiesPEM: TestCertificates.authority)) { client, _ async throws in
            #expect(try await client.subjects() == [])
        }
        for wrong in [RegistryTLS(authoritiesPEM: TestCertificates.otherAuthority), RegistryTLS()] {
            try await withClient(configuration, tls: wrong) { client, registry async throws in
                let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
                #expect(error?.kind == .tls, "\(String(describing: error))")
                #expect(registry.calls.isEmpty)
            }
        }
    }

    @Test("TLS: a client certificate is asked for and shown")
    func mutual() async throws {
        let configuration = SimulatedRegistryConfiguration(
            tls: .init(
                certificateChainPEM: TestCertificates.server, privateKeyPEM: TestCertificates.serverKey,
                clientAuthorityPEM: TestCertificates.authority))
        let mutual = RegistryTLS(
            authoritiesPEM: TestCertificates.authority, certificateChainPEM: TestCertificates.client,
            privateKeyPEM: RegistrySecret(TestCertificates.clientKey))
        try await withClient(configuration, tls: mutual) { client, _ async throws in #expect(try await client.subjects() == []) }
        try await withClient(configuration, tls: RegistryTLS(authoritiesPEM: TestCertificates.authority)) { client, registry async throws in
            await #expect(throws: RegistryError.self) { try await client.subjects() }
            #expect(registry.calls.isEmpty)
        }
    }

    @Test("what is not PEM is refused before anything is sent")
    func notPEM() async throws {
        let settings = try RegistryConfiguration(
            baseURLs: ["https://127.0.0.1:1"], tls: RegistryTLS(privateKeyPEM: RegistrySecret("not a hunter2 key")))
        let error = await #expect(throws: RegistryError.self) {
            try await SchemaRegistryClient.withClient(settings, time: HostTime(), chance: HostChance()) { _ in }
        }
        #expect(error?.kind == .configuration)
        #expect(error.map { !"\($0)".contains("hunter2") } == true)
    }

    @Test("a dead first URL is passed over")
    func deadURL() async throws {
        try await withClient(before: ["http://127.0.0.1:1"]) { client, _ async throws in #expect(try await client.subjects() == []) }
    }

    @Test("a registry that is nowhere is told as such")
    func nowhere() async throws {
        let settings = try RegistryConfiguration(
            baseURLs: ["http://127.0.0.1:1", "http://localhost:1"], rounds: 2, firstPause: .milliseconds(1))
        try await SchemaRegistryClient.withClient(settings, time: HostTime(), chance: HostChance()) { client async throws in
            let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
            #expect(error?.kind == .connect, "\(String(describing: error))")
            #expect(error?.reason.contains("http://127.0.0.1:1/subjects: connection refused") == true, "\(String(describing: error))")
        }
    }

    @Test("a read outlives what passes", arguments: [RegistryFault.status(503), .status(500), .drop, .dropAfterServing, .truncate])
    func passing(fault: RegistryFault) async throws {
        try await withClient { client, registry async throws in
            _ = try await client.register(Registration(schema: Schema(text: Self.record)), under: "s")
            registry.inject(fault, times: 2)
            #expect(try await client.version(1, of: "s").schema.text == Self.record)
            #expect(registry.calls.count == 4)
        }
    }

    @Test("a change whose answer is lost is not repeated, and was made")
    func lostAnswer() async throws {
        try await withClient { client, registry async throws in
            registry.inject(.dropAfterServing)
            let error = await #expect(throws: RegistryError.self) {
                try await client.register(Registration(schema: Schema(text: Self.record)), under: "s")
            }
            #expect(error?.isOutcomeUnknown == true)
            #expect(registry.calls.count == 1)
            #expect(try await client.versions(of: "s") == [1])
        }
    }

    @Test("HTML where JSON is due is told as such")
    func html() async throws {
        try await withClient { client, registry async throws in
            registry.inject(.html)
            let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
            #expect(error?.kind == .invalidAnswer)
            #expect(error?.reason == "the answer is HTML or XML where JSON was due")
        }
    }

    @Test("an answer without an end in sight is cut off at the limit")
    func oversized() async throws {
        try await withClient(largestAnswer: 100_000) { client, registry async throws in
            registry.inject(.oversized(bytes: 8 << 20))
            let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
            #expect(error?.kind == .invalidAnswer)
            #expect(error?.reason == "the answer is longer than 100000 bytes")
        }
    }

    @Test("a cancelled task makes no more calls, but for what must be put back")
    func cancelled() async throws {
        try await withClient { client, registry async throws in
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
                    #expect(error?.kind == .cancelled)
                    registry.inject(.status(503))
                    await #expect(throws: Never.self) { try await client.outlivingCancellation().setMode(.readOnly, of: .subject("s")) }
                }
            }
            #expect(try await client.mode(of: .subject("s")) == .readOnly)
        }
    }

    @Test("what outlives cancellation has limits all the same")
    func outlivingLimits() async throws {
        try await withClient(largestAnswer: 100_000) { client, registry async throws in
            registry.inject(.oversized(bytes: 8 << 20))
            let long = await #expect(throws: RegistryError.self) { try await client.outlivingCancellation().subjects() }
            #expect(long?.reason == "the answer is longer than 100000 bytes", "\(String(describing: long))")
        }
        try await withClient(timeout: .milliseconds(200)) { client, registry async throws in
            registry.inject(.delay(.seconds(60)), times: 3)
            let late = await #expect(throws: RegistryError.self) { try await client.outlivingCancellation().subjects() }
            #expect(late?.kind == .timeout, "\(String(describing: late))")
        }
    }

    @Test("a registry that does not answer is given up after the time-out")
    func slow() async throws {
        try await withClient(timeout: .milliseconds(200)) { client, registry async throws in
            registry.inject(.delay(.seconds(60)), times: 3)
            let error = await #expect(throws: RegistryError.self) { try await client.subjects() }
            #expect(error?.kind == .timeout, "\(String(describing: error))")
        }
    }
}
