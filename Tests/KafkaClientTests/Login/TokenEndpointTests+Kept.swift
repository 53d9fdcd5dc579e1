import LoopbackServer
import Testing

@testable import KafkaClient

/// Tokens that several clients share.
extension TokenEndpointTests {
    /// A run has a client, and so an authenticator, of its own; the token is the process's.
    @Test func aTokenServesEveryClientForFourFifthsOfItsLife() async throws {
        try await LoopbackServer.run({ _, before in .init(200, #"{"access_token":"tok\#(before)","expires_in":100}"#) }) {
            server async throws in
            let (time, kept) = (TestTime(), KeptLogins())
            func token() async throws -> SaslGrant? {
                try await authenticator(server.url, time, kept: kept).grant(for: Self.address)?.sasl
            }
            for seconds in [0, 40, 39] {
                time.pass(.seconds(seconds))
                #expect(try await token() == .bearer(Secret("tok0"), extensions: ["x": "y"]))
            }
            time.pass(.seconds(2))
            #expect(try await token() == .bearer(Secret("tok1"), extensions: ["x": "y"]))
            #expect(server.requests.count == 2)
        }
    }

    @Test func otherSettingsAreAnotherToken() async throws {
        try await LoopbackServer.run({ _, before in .init(200, #"{"access_token":"tok\#(before)","expires_in":100}"#) }) {
            server async throws in
            let (time, kept) = (TestTime(), KeptLogins())
            let changes: [@Sendable (inout TokenEndpoint) -> Void] = [
                { _ in }, { $0.clientSecret = Secret("new") }, { $0.clientID = "j" }, { $0.scope = nil }, { $0.url += "/v2" },
            ]
            // Each asks for its own, and then no more.
            for _ in 0..<2 {
                for (number, change) in changes.enumerated() {
                    let grant = try await authenticator(server.url, time, kept: kept, change).grant(for: Self.address)?.sasl
                    #expect(grant == .bearer(Secret("tok\(number)"), extensions: ["x": "y"]))
                }
            }
            #expect(server.requests.count == changes.count)
        }
    }

    @Test func aTokenThatOneClientSawRefusedIsNoOthersEither() async throws {
        try await LoopbackServer.run({ _, before in .init(200, #"{"access_token":"tok\#(before)","expires_in":100}"#) }) {
            server async throws in
            let (time, kept) = (TestTime(), KeptLogins())
            let first = authenticator(server.url, time, kept: kept)
            let origin = try #require(try await first.grant(for: Self.address)?.origin)
            #expect(first.refused(origin))
            let second = try await authenticator(server.url, time, kept: kept).grant(for: Self.address)
            #expect(second?.origin == .token(Secret("tok1")))
            // It is told of late: the newer one stays.
            #expect(first.refused(origin))
            #expect(try await first.grant(for: Self.address)?.origin == .token(Secret("tok1")))
        }
    }
}
