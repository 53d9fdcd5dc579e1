import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Calls about the cluster answer as the recorded broker did")
struct ClusterReplayTests {
    @Test("ApiVersions: each served call in the recorded range, no other, the recorded features")
    func apiVersions() throws {
        for (recording, request, recorded) in try Replay.exchanges(ApiVersionsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            let made = try stage.call(ApiVersionsHandler.self, request, version: recording.version)
            let answer = try Replay.carried(made, ApiVersionsRequest.self, version: recording.version)
            for row in answer.apiKeys { #expect(recorded.apiKeys.contains(row), "\(recording): \(row.apiKey)") }
            let served = Calls.all.map { $0.api.rawValue }.sorted()
            #expect(answer.apiKeys.map(\.apiKey) == served)
            #expect(answer.supportedFeatures == recorded.supportedFeatures)
            #expect(Set(answer.finalizedFeatures.map(\.name)) == Set(recorded.finalizedFeatures.map(\.name)))
            #expect(answer.finalizedFeaturesEpoch == recorded.finalizedFeaturesEpoch)
        }
    }

    @Test("DescribeCluster")
    func describeCluster() throws {
        for (recording, request, recorded) in try Replay.exchanges(DescribeClusterRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            let answer = try stage.call(DescribeClusterHandler.self, request, version: recording.version)
            #expect(answer == recorded, "\(recording)")
        }
    }

    @Test("DescribeQuorum: leader, voters, offsets; the moments are the caller's own")
    func describeQuorum() throws {
        for (recording, request, recorded) in try Replay.exchanges(DescribeQuorumRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.state.metadataOffset = 292
            var expected = recorded
            for index in expected.topics[0].partitions[0].currentVoters.indices {
                let stamp = expected.topics[0].partitions[0].currentVoters[index].lastFetchTimestamp
                if stamp >= 0 { stage.clock = .init(milliseconds: stamp) }
                stage.state.directoryIDs[0] = expected.topics[0].partitions[0].currentVoters[index].replicaDirectoryId
            }
            for index in expected.nodes.indices { expected.nodes[index].listeners[0].port = 29_092 }
            let made = try stage.call(DescribeQuorumHandler.self, request, version: recording.version)
            #expect(try Replay.carried(made, DescribeQuorumRequest.self, version: recording.version) == expected, "\(recording)")
        }
    }

    @Test("FindCoordinator: the first look-up makes the offsets topic and says: not yet")
    func findCoordinator() throws {
        for (recording, request, recorded) in try Replay.exchanges(FindCoordinatorRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            if !recording.note.contains("very first") {
                stage.plant(Topic.offsetsName, partitions: 50)
                stage.plant(Topic.transactionsName, partitions: 50)
            }
            let made = try stage.call(FindCoordinatorHandler.self, request, version: recording.version)
            let answer = try Replay.carried(made, FindCoordinatorRequest.self, version: recording.version)
            #expect(answer == recorded, "\(recording)")
            #expect(stage.state.topics[Topic.offsetsName]?.partitions.count == 50)
        }
    }

    @Test("DescribeDelegationToken: not over a connection that nobody logged in on")
    func describeDelegationToken() throws {
        let exchanges = try Replay.exchanges(DescribeDelegationTokenRequest.self)
        #expect(exchanges.count == 3)
        for (recording, request, recorded) in exchanges {
            var stage = BrokerStage(Replay.configuration)
            let answer = try stage.call(DescribeDelegationTokenHandler.self, request, version: recording.version)
            #expect(answer == recorded, "\(recording)")
        }
    }

    @Test("ElectLeaders: nothing to do")
    func electLeaders() throws {
        for (recording, request, recorded) in try Replay.exchanges(ElectLeadersRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("orders", partitions: 3)
            let answer = try stage.call(ElectLeadersHandler.self, request, version: recording.version)
            #expect(answer == recorded, "\(recording)")
        }
    }

    @Test("UpdateFeatures, SaslHandshake, PLAIN, unknown transactions")
    func smallOnes() throws {
        var configuration = Replay.configuration
        configuration.users = []
        var stage = BrokerStage(configuration)
        for (recording, request, recorded) in try Replay.exchanges(UpdateFeaturesRequest.self) {
            let made = try stage.call(UpdateFeaturesHandler.self, request, version: recording.version)
            #expect(try Replay.carried(made, UpdateFeaturesRequest.self, version: recording.version) == recorded, "\(recording)")
        }
        for (recording, request, recorded) in try Replay.exchanges(SaslHandshakeRequest.self) {
            let answer = try stage.call(SaslHandshakeHandler.self, request, version: recording.version)
            #expect(answer == recorded, "\(recording)")
        }
        configuration.users = [SimulatedUser(name: "alice", password: "alice-secret", mechanisms: [.plain])]
        for (recording, request, recorded) in try Replay.exchanges(SaslAuthenticateRequest.self, { $0.note == "PLAIN" }) {
            var stage = BrokerStage(configuration)
            _ = try stage.call(SaslHandshakeHandler.self, SaslTests.handshake("PLAIN"))
            let made = try stage.call(SaslAuthenticateHandler.self, request, version: recording.version)
            #expect(try Replay.carried(made, SaslAuthenticateRequest.self, version: recording.version) == recorded, "\(recording)")
        }
        stage.plant(Topic.transactionsName, partitions: 50)
        let transactions = try #require(
            try Replay.exchanges(DescribeTransactionsRequest.self) { $0.note.contains("one not") }.first)
        let answer = try stage.call(DescribeTransactionsHandler.self, transactions.request)
        #expect(answer.transactionStates.last == transactions.response.transactionStates.last)
    }

    @Test("Config changes: set, delete, append, defaults, refusals in the broker's words")
    func alterConfigs() throws {
        for (recording, request, recorded) in try Replay.exchanges(IncrementalAlterConfigsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("orders", partitions: 3, configs: ["retention.ms": "1"])
            let answer = try stage.call(IncrementalAlterConfigsHandler.self, request, version: recording.version)
            #expect(answer == recorded, "\(recording)")
            if recording.note.contains("set, delete and append") {
                #expect(stage.state.topics["orders"]?.configs == ["max.message.bytes": "2000000", "cleanup.policy": "delete,compact"])
                #expect(stage.state.configs.clusterDefault["log.cleaner.threads"] == "2")
                #expect(stage.state.configs.brokers[0]?["log.cleaner.io.buffer.size"] == "1048576")
            }
        }
        for (recording, request, recorded) in try Replay.exchanges(AlterConfigsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            stage.plant("produce-target", configs: ["retention.ms": "1"])
            let answer = try stage.call(AlterConfigsHandler.self, request, version: recording.version)
            #expect(answer == recorded)
            #expect(stage.state.topics["produce-target"]?.configs == ["retention.bytes": "1000000"])
        }
    }
}
