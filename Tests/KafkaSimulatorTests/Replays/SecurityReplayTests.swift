import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Rules, quotas and SCRAM users answer as the recorded broker did")
struct SecurityReplayTests {
    static var configuration: SimulatorConfiguration {
        var configuration = Replay.configuration
        configuration.authorizer = SimulatedAuthorizer(superUsers: ["User:ANONYMOUS"])
        configuration.users = [SimulatedUser(name: "admin", password: "admin-secret")]
        return configuration
    }

    @Test("CreateAcls, DescribeAcls, DeleteAcls")
    func acls() throws {
        var stage = BrokerStage(Self.configuration)
        let creations = try Replay.exchanges(CreateAclsRequest.self)
        #expect(creations.count == 3)
        for (recording, request, recorded) in creations {
            #expect(try stage.ask(request, version: recording.version) == recorded, "\(recording)")
        }
        for (recording, request, recorded) in try Replay.exchanges(DescribeAclsRequest.self) {
            let answer = try stage.ask(request, version: recording.version)
            #expect(answer.errorCode == recorded.errorCode && answer.errorMessage == recorded.errorMessage)
            #expect(answer.resources.sorted(by: Self.order) == recorded.resources.sorted(by: Self.order), "\(recording)")
        }
        for (recording, request, recorded) in try Replay.exchanges(DeleteAclsRequest.self).sorted(by: {
            $0.recording.version < $1.recording.version
        }) {
            #expect(try stage.ask(request, version: recording.version) == recorded, "\(recording)")
        }
        #expect(stage.state.authorizer?.store.count == 5)
    }

    private static func order(
        _ left: DescribeAclsResponse.DescribeAclsResource, _ right: DescribeAclsResponse.DescribeAclsResource
    ) -> Bool { (left.resourceType, left.patternType, left.resourceName) < (right.resourceType, right.patternType, right.resourceName) }

    @Test("AlterClientQuotas, DescribeClientQuotas; brokers give entities in the order of a hash table")
    func quotas() throws {
        var stage = BrokerStage(Self.configuration)
        let changes = try Replay.exchanges(AlterClientQuotasRequest.self)
        #expect(changes.count == 2)
        for (recording, request, recorded) in changes {
            var answer = try stage.ask(request, version: recording.version)
            var expected = recorded
            answer.entries.sort { "\($0.entity)" < "\($1.entity)" }
            expected.entries.sort { "\($0.entity)" < "\($1.entity)" }
            #expect(answer == expected, "\(recording)")
        }
        for (recording, request, recorded) in try Replay.exchanges(DescribeClientQuotasRequest.self) {
            var answer = try stage.ask(request, version: recording.version)
            var expected = recorded
            answer.entries?.sort { "\($0.entity)" < "\($1.entity)" }
            expected.entries?.sort { "\($0.entity)" < "\($1.entity)" }
            #expect(answer == expected, "\(recording)")
        }
    }

    @Test("AlterUserScramCredentials, DescribeUserScramCredentials")
    func scramUsers() throws {
        var stage = BrokerStage(Self.configuration)
        let changes = try Replay.exchanges(AlterUserScramCredentialsRequest.self)
        #expect(changes.count == 3)
        for (recording, request, recorded) in changes { #expect(try stage.ask(request) == recorded, "\(recording)") }
        for (recording, request, recorded) in try Replay.exchanges(DescribeUserScramCredentialsRequest.self) {
            #expect(try stage.ask(request) == recorded, "\(recording)")
        }
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
