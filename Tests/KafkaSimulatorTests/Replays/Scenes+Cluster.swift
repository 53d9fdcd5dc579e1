import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// Calls about the cluster as a whole.
extension ReplayScene {
    static let apiVersions = ReplayScene(name: "ApiVersions: each served call in the recorded range, the recorded features and levels") {
        judge in
        var stage = BrokerStage(Replay.configuration)
        for (recording, _, _) in try Replay.exchanges(ApiVersionsRequest.self) { try judge.replay(recording, on: &stage) }
    }

    static let describeCluster = ReplayScene(name: "DescribeCluster") { judge in
        var stage = BrokerStage(Replay.configuration)
        for (recording, _, _) in try Replay.exchanges(DescribeClusterRequest.self) { try judge.replay(recording, on: &stage) }
    }

    static let describeQuorum = ReplayScene(name: "DescribeQuorum: leader, voters, offsets; the moments are the caller's own") { judge in
        for (recording, _, recorded) in try Replay.exchanges(DescribeQuorumRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.state.metadataOffset = 292
            for voter in recorded.topics[0].partitions[0].currentVoters {
                if voter.lastFetchTimestamp >= 0 { stage.clock = .init(milliseconds: voter.lastFetchTimestamp) }
                stage.state.directoryIDs[0] = voter.replicaDirectoryId
            }
            try judge.replay(recording, on: &stage)
        }
    }

    static let findCoordinator = ReplayScene(name: "FindCoordinator: the first look-up makes the offsets topic and says: not yet") {
        judge in
        for (recording, _, _) in try Replay.exchanges(FindCoordinatorRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            if !recording.note.contains("very first") {
                stage.plant(Topic.offsetsName, partitions: 50)
                stage.plant(Topic.transactionsName, partitions: 50)
            }
            try judge.replay(recording, on: &stage)
            #expect(stage.state.topics[Topic.offsetsName]?.partitions.count == 50)
        }
    }

    static let describeDelegationToken = ReplayScene(name: "DescribeDelegationToken: not over a connection that nobody logged in on") {
        judge in
        var stage = BrokerStage(Replay.configuration)
        for (recording, _, _) in try Replay.exchanges(DescribeDelegationTokenRequest.self) { try judge.replay(recording, on: &stage) }
    }

    static let electLeaders = ReplayScene(name: "ElectLeaders: nothing to do") { judge in
        for (recording, _, _) in try Replay.exchanges(ElectLeadersRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("orders", partitions: 3)
            try judge.replay(recording, on: &stage)
        }
    }

    static let updateFeatures = ReplayScene(name: "UpdateFeatures: to look only") { judge in
        var stage = BrokerStage(Replay.configuration)
        for (recording, _, _) in try Replay.exchanges(UpdateFeaturesRequest.self) where recording.note == "validate only" {
            try judge.replay(recording, on: &stage)
        }
    }

    static let alterConfigs = ReplayScene(name: "Config changes: set, delete, append, defaults, refusals in the broker's words") { judge in
        for (recording, _, _) in try Replay.exchanges(IncrementalAlterConfigsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("orders", partitions: 3, configs: ["retention.ms": "1"])
            try judge.replay(recording, on: &stage)
            if recording.note.contains("set, delete and append") {
                #expect(stage.state.topics["orders"]?.configs == ["max.message.bytes": "2000000", "cleanup.policy": "delete,compact"])
                #expect(stage.state.configs.clusterDefault["log.cleaner.threads"] == "2")
                #expect(stage.state.configs.brokers[0]?["log.cleaner.io.buffer.size"] == "1048576")
            }
        }
        for (recording, _, _) in try Replay.exchanges(AlterConfigsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("produce-target", configs: ["retention.ms": "1"])
            try judge.replay(recording, on: &stage)
            #expect(stage.state.topics["produce-target"]?.configs == ["retention.bytes": "1000000"])
        }
    }
}
