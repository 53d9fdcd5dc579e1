import Bytes
import Host
import LoopbackServer
import Seams
import NIOConcurrencyHelpers
import Testing
import Web

@testable import AWSCredentials

/// Where keys are found, in which order, and what is said where there are none. Servers are real, on 127.0.0.1.
@Suite struct ChainTests {
    /// A clock that a test moves.
    final class TestTime: TimeSource {
        private let moment = NIOLockedValueBox(Timestamp("2026-01-01T00:00:00Z") ?? Timestamp(milliseconds: 0))
        func now() -> Timestamp { moment.withLockedValue { $0 } }
        func uptime() -> Duration { .milliseconds(now().milliseconds) }
        func sleep(for duration: Duration) async throws { try Task.checkCancellation() }
        func pass(_ duration: Duration) { moment.withLockedValue { $0 = $0.advanced(by: duration) } }
    }

    func chain(
        _ variables: [String: String], files: [String: String] = [:], choice: AWSCredentialChoice = AWSCredentialChoice(),
        time: any TimeSource = TestTime(), kept: AWSKeyStore = AWSKeyStore(), web: any WebTransport = NetworkWeb()
    ) -> AWSCredentialChain {
        // Nothing outside of this machine is asked: a test that would is one that fails.
        let safe = ["AWS_EC2_METADATA_DISABLED": "true", "HOME": "/home"].merging(variables) { $1 }
        return AWSCredentialChain(
            choice,
            in: AWSSurroundings(
                environment: Environment(safe), file: { files[$0].map { Array($0.utf8) } }, web: web, time: time,
                chance: SeededChance(seed: 1)), kept: kept)
    }

    func failure(_ chain: AWSCredentialChain) async -> AWSCredentialError? {
        do {
            let keys = try await chain.keys()
            Issue.record("keys were found: \(keys)")
            return nil
        } catch {
            return error
        }
    }

    static let json =
        #"{"AccessKeyId":"ID","SecretAccessKey":"S","Token":"T","Expiration":"2026-01-01T01:00:00Z","Code":"Success"}"#
    static let expiring = AWSKeys(
        accessKeyID: "ID", secretAccessKey: "S", sessionToken: "T", expiry: Timestamp("2026-01-01T01:00:00Z"))

    static func sts(_ action: String) -> String {
        "<\(action)Response><\(action)Result><Credentials><AccessKeyId>ID</AccessKeyId><SecretAccessKey>S</SecretAccessKey>"
            + "<SessionToken>T</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration></Credentials></\(action)Result></\(action)Response>"
    }

    @Test func theEnvironmentGoesBeforeTheSharedFiles() async throws {
        let files = ["/home/.aws/credentials": "[default]\naws_access_key_id=F\naws_secret_access_key=G\n"]
        let here = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B", "AWS_SESSION_TOKEN": "C"]
        #expect(try await chain(here, files: files).keys() == AWSKeys(accessKeyID: "A", secretAccessKey: "B", sessionToken: "C"))
        #expect(try await chain([:], files: files).keys() == AWSKeys(accessKeyID: "F", secretAccessKey: "G"))
        #expect(await failure(chain(["AWS_ACCESS_KEY_ID": "A"]))?.hint.contains("AWS_SECRET_ACCESS_KEY") == true)
        #expect(await failure(chain([:]))?.cause.contains("no credentials") == true)
    }

    @Test func aProfileIsFoundInEitherFileAndUnderItsName() async throws {
        let files = [
            "/c": "# keys\n[default]\naws_access_key_id = D\naws_secret_access_key = E\n[ops]\naws_access_key_id=O\n",
            "/f": "[profile ops]\naws_secret_access_key = P=Q\nregion=eu-west-1\ns3 =\n  max = 5\n[ops]\naws_access_key_id=WRONG\n",
        ]
        let here = ["AWS_SHARED_CREDENTIALS_FILE": "/c", "AWS_CONFIG_FILE": "/f"]
        let ops = AWSKeys(accessKeyID: "O", secretAccessKey: "P=Q")
        #expect(try await chain(here.merging(["AWS_PROFILE": "ops"]) { $1 }, files: files).keys() == ops)
        #expect(try await chain(here, files: files, choice: AWSCredentialChoice(profile: "ops")).keys() == ops)
        #expect(try await chain(here, files: files).keys().accessKeyID == "D")
        let missing = await failure(chain(here, files: files, choice: AWSCredentialChoice(profile: "nobody")))
        #expect(missing?.cause.contains("nobody") == true && missing?.cause.contains("/c") == true)
    }

    @Test(arguments: ["sso_session", "credential_process", "sso_start_url"])
    func whatOnlyAWSsToolsCanDoIsNamed(setting: String) async {
        let files = ["/home/.aws/config": "[default]\n\(setting) = x\n"]
        #expect(await failure(chain([:], files: files))?.cause.contains(setting) == true)
    }

    @Test func aProfileMayTakeARoleWithTheKeysOfAnother() async throws {
        try await LoopbackServer.run({ _, _ in .init(200, Self.sts("AssumeRole")) }) { server async throws in
            let files = [
                "/home/.aws/config": "[profile deep]\nrole_arn=arn:deep\nsource_profile=base\nexternal_id=X\nregion=eu-west-1\n",
                "/home/.aws/credentials": "[base]\naws_access_key_id=A\naws_secret_access_key=B\n",
            ]
            let chain = chain(["AWS_ENDPOINT_URL_STS": server.url], files: files, choice: AWSCredentialChoice(profile: "deep"))
            #expect(try await chain.keys() == Self.expiring)
            let request = try #require(server.requests.first)
            #expect(request.body == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Adeep&RoleSessionName=tidemark&ExternalId=X")
            #expect(request.header("Authorization")?.contains("Credential=A/20260101/eu-west-1/sts/aws4_request") == true)
            #expect(request.header("X-Amz-Date") == "20260101T000000Z")
        }
        let circle = ["/home/.aws/config": "[profile a]\nrole_arn=x\nsource_profile=b\n[profile b]\nrole_arn=y\nsource_profile=a\n"]
        #expect(await failure(chain([:], files: circle, choice: AWSCredentialChoice(profile: "a")))?.cause.contains("circle") == true)
    }

    @Test func aRoleThatIsAskedForIsTakenWithTheKeysOfThePlace() async throws {
        try await LoopbackServer.run({ _, _ in .init(403, "<Error><Code>AccessDenied</Code><Message>no &amp; never</Message></Error>") }) {
            server async throws in
            let chain = chain(
                ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "hunter2", "AWS_ENDPOINT_URL_STS": server.url],
                choice: AWSCredentialChoice(role: AWSRole(arn: "arn:r", sessionName: "s", region: "us-west-2")))
            let error = await failure(chain)
            #expect(error?.cause.contains("AccessDenied") == true && error?.cause.contains("arn:r") == true)
            #expect(error?.description.contains("hunter2") == false)
        }
    }

    @Test func aWebIdentityIsExchangedAndItsFileReadAnew() async throws {
        try await LoopbackServer.run({ _, _ in .init(200, Self.sts("AssumeRoleWithWebIdentity")) }) { server async throws in
            let time = TestTime()
            let token = TokenFile()
            let surroundings = AWSSurroundings(
                environment: Environment([
                    "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:pod", "AWS_ENDPOINT_URL_STS": server.url + "/",
                ]), file: { $0 == "/token" ? token.next() : nil }, web: NetworkWeb(), time: time, chance: SeededChance(seed: 1))
            let chain = AWSCredentialChain(in: surroundings)
            #expect(try await chain.keys() == Self.expiring)
            // Five minutes before they expire, others are asked for; until then these are kept.
            time.pass(.seconds(54 * 60))
            _ = try await chain.keys()
            #expect(server.requests.count == 1)
            time.pass(.seconds(90))
            _ = try await chain.keys()
            #expect(server.requests.map { $0.body.contains("WebIdentityToken=token1") } == [true, false])
            #expect(server.requests.last?.body.contains("WebIdentityToken=token2") == true)
            #expect(server.requests.allSatisfy { $0.header("Authorization") == nil })
        }
    }

    final class TokenFile: Sendable {
        private let count = NIOLockedValueBox(0)
        func next() -> [UInt8] {
            count.withLockedValue { count in
                count += 1
                return Array("token\(count)\n".utf8)
            }
        }
    }

    @Test func aContainersServerIsAskedWithItsToken() async throws {
        try await LoopbackServer.run({ request, _ in request.header("Authorization") == "pod" ? .init(200, Self.json) : .init(401, "") }) {
            server async throws in
            let here = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/v1/credentials"]
            let fromFile = chain(here.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t"]) { $1 }, files: ["/t": "pod\n"])
            #expect(try await fromFile.keys() == Self.expiring)
            #expect(try await chain(here.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "pod"]) { $1 }).keys() == Self.expiring)
            #expect(await failure(chain(here))?.cause.contains("401") == true)
        }
        for url in ["http://10.0.0.1/", "http://localhost.evil.example/", "http://127.0.0.1@evil.example/", "ftp://127.0.0.1/"] {
            #expect(await failure(chain(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]))?.hint.contains("https://") == true)
        }
    }

    @Test func keysThatAreOverAreRefusedWhoeverGivesThem() async throws {
        let late = { () -> TestTime in
            let time = TestTime()
            time.pass(.seconds(3600))
            return time
        }
        try await LoopbackServer.run({ request, _ in request.method == "POST" ? .init(200, Self.sts("AssumeRole")) : .init(200, Self.json) }
        ) {
            server async throws in
            let container = await failure(chain(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url], time: late()))
            #expect(container?.cause == "the container's credentials server gives keys that have expired at 2026-01-01T01:00:00.000Z")
            #expect(container?.hint.contains("clock") == true)
            let role = await failure(
                chain(
                    ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B", "AWS_ENDPOINT_URL_STS": server.url],
                    choice: AWSCredentialChoice(role: AWSRole(arn: "arn:r", region: "us-west-2")), time: late()))
            #expect(role?.cause.contains("token service gives keys that have expired") == true)
        }
    }

    @Test func oldKeysServeWhileNewOnesCannotBeHadAndNoLonger() async throws {
        try await LoopbackServer.run({ _, before in before == 0 ? .init(200, Self.json) : .init(400, "") }) { server async throws in
            let time = TestTime()
            let chain = chain(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url], time: time)
            #expect(try await chain.keys() == Self.expiring)
            time.pass(.seconds(56 * 60))
            #expect(try await chain.keys() == Self.expiring)
            #expect(server.requests.count == 2)
            // Not asked again at once.
            #expect(try await chain.keys() == Self.expiring)
            #expect(server.requests.count == 2)
            time.pass(.seconds(5 * 60))
            #expect(await failure(chain)?.cause.contains("400") == true)
        }
    }

    @Test func passingTroubleIsTriedAgainAndALongAnswerIsRefused() async throws {
        try await LoopbackServer.run({ _, before in before < 2 ? .init(503, "") : .init(200, Self.json) }) { server async throws in
            #expect(try await chain(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url]).keys() == Self.expiring)
            #expect(server.requests.count == 3)
        }
        try await LoopbackServer.run({ _, _ in .init(200, String(repeating: "x", count: 2 << 20)) }) { server async throws in
            #expect(await failure(chain(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url]))?.cause.contains("longer") == true)
        }
        try await LoopbackServer.run({ _, _ in .init(200, #"{"AccessKeyId":"","SecretAccessKey":"hunter2"}"#) }) { server async throws in
            let error = await failure(chain(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url]))
            #expect(error?.cause.contains("no keys") == true && error?.description.contains("hunter2") == false)
        }
    }
}
