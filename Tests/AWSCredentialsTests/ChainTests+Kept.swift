import LoopbackServer
import Testing

@testable import AWSCredentials

/// Keys that several chains share.
extension ChainTests {
    @Test func keysServeEveryChainOfTheirOriginAndNoOther() async throws {
        try await LoopbackServer.run({ _, _ in .init(200, Self.sts("AssumeRole")) }) { server async throws in
            let (time, kept) = (TestTime(), AWSKeyStore())
            func keys(_ profile: String = "a", arn: String = "arn:a", secret: String = "S") async throws -> AWSKeys {
                let files = [
                    "/home/.aws/config":
                        "[profile a]\nrole_arn=\(arn)\nsource_profile=base\n[profile b]\nrole_arn=arn:b\nsource_profile=base\n",
                    "/home/.aws/credentials": "[base]\naws_access_key_id=A\naws_secret_access_key=\(secret)\n",
                ]
                return try await chain(
                    ["AWS_ENDPOINT_URL_STS": server.url], files: files, choice: AWSCredentialChoice(profile: profile), time: time,
                    kept: kept
                ).keys()
            }
            let first = try await keys()
            time.pass(.seconds(54 * 60))
            _ = try await keys()
            #expect(server.requests.count == 1)
            _ = try await keys("b")
            _ = try await keys(arn: "arn:c")
            _ = try await keys(secret: "T")
            #expect(server.requests.count == 4)
            // Refused by a broker, they are no chain's any more.
            chain([:], kept: kept).discard(first)
            _ = try await keys()
            #expect(server.requests.count == 5)
        }
    }
}
