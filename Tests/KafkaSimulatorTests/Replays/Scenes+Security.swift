import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// Calls about rules, quotas and users.
extension ReplayScene {
    static let acls = ReplayScene(name: "CreateAcls, DescribeAcls, DeleteAcls") { judge in
        var stage = BrokerStage(SecurityReplayTests.configuration)
        for (recording, _, _) in try Replay.exchanges(CreateAclsRequest.self) { try judge.replay(recording, on: &stage) }
        for (recording, _, _) in try Replay.exchanges(DescribeAclsRequest.self) { try judge.replay(recording, on: &stage) }
        for (recording, _, _) in try Replay.exchanges(DeleteAclsRequest.self).sorted(by: { $0.recording.version < $1.recording.version }) {
            try judge.replay(recording, on: &stage)
        }
        #expect(stage.state.authorizer?.store.count == 5)
    }

    static let quotas = ReplayScene(name: "AlterClientQuotas, DescribeClientQuotas") { judge in
        var stage = BrokerStage(SecurityReplayTests.configuration)
        for (recording, _, _) in try Replay.exchanges(AlterClientQuotasRequest.self) { try judge.replay(recording, on: &stage) }
        for (recording, _, _) in try Replay.exchanges(DescribeClientQuotasRequest.self) { try judge.replay(recording, on: &stage) }
    }

    static let scramUsers = ReplayScene(name: "AlterUserScramCredentials, DescribeUserScramCredentials") { judge in
        var stage = BrokerStage(SecurityReplayTests.configuration)
        for (recording, _, _) in try Replay.exchanges(AlterUserScramCredentialsRequest.self) { try judge.replay(recording, on: &stage) }
        for (recording, _, _) in try Replay.exchanges(DescribeUserScramCredentialsRequest.self) { try judge.replay(recording, on: &stage) }
    }
}
