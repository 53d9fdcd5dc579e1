import Bytes
import Host
import KafkaSimulator
import Testing

@testable import SchemaRegistryClient

/// How much an answer may make this program hold, whatever a registry sends: counted in values and bytes.
@Suite struct AnswerBoundsTests {
    private func withClient(
        _ body: (SchemaRegistryClient, SimulatedRegistry) async throws -> Void
    ) async throws {
        try await RegistryServer.withRegistry(time: HostTime()) { registry, url in
            let configuration = try RegistryConfiguration(baseURLs: [url], rounds: 1)
            try await SchemaRegistryClient.withClient(configuration, time: HostTime(), chance: HostChance()) {
                try await body($0, registry)
            }
        }
    }

    @Test func valuesAreCountedAndOneTooManyIsRefused() throws {
        func list(_ count: Int) -> [UInt8] { Array("[0".utf8) + (1..<count).flatMap { _ in ",0".utf8 } + Array("]".utf8) }
        // The list is a value, too.
        #expect(try RegistryJSON.parse(list(9), values: 10) == .array(Array(repeating: .integer(0), count: 9)))
        for text in [list(10), Array(#"{"a":[],"b":[[],{}],"c":{"d":[null,true,"",1]}}"#.utf8)] {
            let malformed = #expect(throws: RegistryJSON.Malformed.self) { try RegistryJSON.parse(text, values: 10) }
            #expect(malformed?.isBeyondLimits == true && malformed?.reason == "more than 10 values")
        }
    }

    /// What a value takes is bounded as well: nothing but objects, texts and long numbers has a place of its own.
    @Test func aValueIsSmall() {
        #expect(MemoryLayout<RegistryJSON>.stride <= 24)
        #expect(RegistryJSON.mostValues * MemoryLayout<RegistryJSON>.stride <= 64 << 20)
    }

    @Test func anAnswerOfNothingButZerosIsRefusedByItsPath() async throws {
        try await withClient { client, registry async throws in
            registry.inject(.zeros(count: RegistryJSON.mostValues + 1))
            let error = await #expect(throws: RegistryError.self) { try await client.contexts() }
            #expect(error?.kind == .invalidAnswer && error?.url?.hasSuffix("/contexts") == true)
            #expect(error?.reason == "the answer holds more than \(RegistryJSON.mostValues) values")
            #expect(error?.hint.contains("docs/limits.md") == true)
            registry.inject(.zeros(count: 1_000))
            let small = await #expect(throws: RegistryError.self) { try await client.contexts() }
            #expect(small?.reason.contains("another type") == true)
        }
    }

    @Test func ofARefusalNoMoreThanSomeKiBAreRead() async throws {
        try await withClient { client, registry async throws in
            for (status, kind) in [(500, RegistryError.Kind.server), (404, .unsupported), (403, .forbidden)] {
                registry.inject(.wordyStatus(status, bytes: 48 << 20))
                let error = await #expect(throws: RegistryError.self) { try await client.contexts() }
                #expect(
                    error?.kind == kind && error?.status == status && error?.reason == "no reason given", "\(String(describing: error))")
                #expect(error?.url?.hasSuffix("/contexts") == true)
            }
            let contexts = try await client.contexts()
            #expect(contexts == ["."], "the next call is served")
        }
        let transport = try NetworkTransport(RegistryTLS(), timeout: .seconds(30))
        do {
            try await RegistryServer.withRegistry(time: HostTime()) { registry, url in
                registry.inject(.wordyStatus(500, bytes: 48 << 20))
                let answer = try await transport.send(
                    HTTPRequest(
                        method: "GET", url: "\(url)/contexts", headers: [], body: nil, timeout: .seconds(30), largestAnswer: 64 << 20,
                        outlivesCancellation: false))
                #expect(answer.body.count == AnswerCollector.longestRefusal)
            }
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
    }
}
