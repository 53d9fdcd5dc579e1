import Access
import Bytes
import Foundation
import Host
import KafkaSimulator
import LoopbackServer
import NIOConcurrencyHelpers
import Policies
import Repository
import Seams
import Storage
import Testing
import Waiting

@testable import Agent

/// An agent whose cluster takes tokens: each run has a client of its own, and the token is the agent's.
@Suite struct KeptTokenTests {
    @Test("many runs of an agent take one token; after a reload with another secret, one more, by that secret")
    func oneTokenForManyRuns() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tidemark-tokens-\(HostChance().bytes(8).hex)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try await Repository.initialize(DirectoryStorage(root: path, time: HostTime()), time: HostTime(), chance: HostChance())
        let parts = [#"{"alg":"none"}"#, #"{"sub":"agent","exp":99999999999}"#].map { Base64URL.encode(Array($0.utf8)) }
        let answer = #"{"access_token":"\#(parts.joined(separator: "."))."}"#
        var simulated = SimulatorConfiguration()
        simulated.brokerIDs = [1]
        simulated.acceptsUnsecuredTokens = true
        try await LoopbackServer.run({ _, _ in .init(200, answer) }) { server async throws in
            try await SimulatedCluster.withCluster(simulated, time: HostTime(), chance: HostChance()) { cluster async throws in
                let secret = NIOLockedValueBox("old")
                let world = World(time: HostTime(), chance: HostChance(), environment: Environment([:]))
                @Sendable func engagement() throws -> Engagement {
                    var protected = ProtectedCluster()
                    protected.name = "shop"
                    protected.repository = path
                    protected.bootstrapServers = [cluster.bootstrapServers]
                    protected.properties = [
                        "security.protocol": SecretSource("SASL_PLAINTEXT"), "sasl.mechanism": SecretSource("OAUTHBEARER"),
                        "sasl.oauthbearer.token.endpoint.url": SecretSource(server.url),
                        "sasl.oauthbearer.client.credentials.client.id": SecretSource("i"),
                        "sasl.oauthbearer.client.credentials.client.secret": SecretSource(secret.withLockedValue { $0 }),
                        "sasl.jaas.config": SecretSource("org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required ;"),
                    ]
                    protected.backup = BackupRules()
                    protected.backup?.cadence.every = .seconds(1)
                    var policy = Policy()
                    policy.clusters = [protected]
                    return try Engagement(policy, world, toolVersion: "0") { Failure("\($0)", hint: "look.", exitCode: 1) }
                }
                let (runs, failures) = (NIOLockedValueBox(0), NIOLockedValueBox<[String]>([]))
                var setup = AgentServiceTests.setup { try engagement() }
                setup.onEnded = { run, outcome in
                    if outcome == .succeeded { return runs.withLockedValue { $0 += 1 } }
                    failures.withLockedValue { $0.append("\(run.job): \(outcome)") }
                }
                let service = AgentService(setup)
                try await AgentServiceTests.running(service) {
                    try await until("four runs", atMost: .seconds(120)) {
                        runs.withLockedValue { $0 } >= 4 || failures.withLockedValue { !$0.isEmpty }
                    }
                    #expect(server.requests.count == 1)
                    secret.withLockedValue { $0 = "new" }
                    service.reload()
                    try await until("another token", atMost: .seconds(120)) { server.requests.count > 1 }
                    let before = runs.withLockedValue { $0 }
                    try await until("three more runs", atMost: .seconds(120)) { runs.withLockedValue { $0 } >= before + 3 }
                }
                #expect(failures.withLockedValue { $0 } == [])
                #expect(
                    server.requests.map { $0.header("Authorization") }
                        == ["i:old", "i:new"].map { "Basic " + Base64.encode(Array($0.utf8)) })
            }
        }
    }
}
