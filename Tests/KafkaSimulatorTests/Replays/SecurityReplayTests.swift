import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("A broker with an authorizer tells of it as the recorded broker did")
struct SecurityReplayTests {
    static var configuration: SimulatorConfiguration {
        var configuration = Replay.configuration
        configuration.authorizer = SimulatedAuthorizer(superUsers: ["User:ANONYMOUS"])
        configuration.users = [SimulatedUser(name: "admin", password: "admin-secret")]
        return configuration
    }

    @Test("A broker with an authorizer lists its class, and its settings as read-only secrets")
    func settings() throws {
        let exchange = try #require(
            try Replay.exchanges(DescribeConfigsRequest.self) { $0.version == 4 && $0.note.contains("cluster default") }.first)
        var stage = BrokerStage(Self.configuration)
        let rows = Dictionary(uniqueKeysWithValues: try stage.ask(exchange.request).results[0].configs.map { ($0.name, $0) })
        for name in ["authorizer.class.name", "super.users", "allow.everyone.if.no.acl.found"] as [ByteString] {
            let recorded = try #require(exchange.response.results[0].configs.first { $0.name == name })
            var row = try #require(rows[name])
            row.synonyms = recorded.synonyms
            row.documentation = recorded.documentation
            #expect(row == recorded, "\(name)")
        }
    }
}
