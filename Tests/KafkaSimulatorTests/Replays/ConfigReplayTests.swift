import Bytes
import KafkaProtocol
import Recordings
import Testing

@testable import KafkaSimulator

@Suite("DescribeConfigs answers as the recorded broker did")
struct ConfigReplayTests {
    /// The recorded broker after the changes that its recorder made.
    private func stage() -> BrokerStage {
        var stage = BrokerStage(Replay.configuration)
        stage.plant("orders", configs: ["cleanup.policy": "delete,compact", "max.message.bytes": "2000000"])
        stage.plant("payments.events", configs: ["cleanup.policy": "compact", "min.compaction.lag.ms": "60000"])
        stage.plant("txn")
        stage.state.configs.clusterDefault = ["min.insync.replicas": "1", "log.cleaner.threads": "2"]
        stage.state.configs.staticBrokers[0]?["min.insync.replicas"] = "1"
        stage.state.configs.brokers[0] = ["log.cleaner.io.buffer.size": "1048576"]
        return stage
    }

    private func exchanges(_ note: String) throws -> [(
        recording: Recording, answer: DescribeConfigsResponse, recorded: DescribeConfigsResponse
    )] {
        try Replay.exchanges(DescribeConfigsRequest.self) { $0.note.contains(note) }.map { recording, request, recorded in
            var stage = stage()
            let made = try stage.call(DescribeConfigsHandler.self, request, version: recording.version)
            var answer = try Replay.carried(made, DescribeConfigsRequest.self, version: recording.version)
            var expected = recorded
            for index in expected.results.indices {
                expected.results[index].configs.sort { $0.name < $1.name }
                // Documentation is not Kafka's here.
                for row in expected.results[index].configs.indices { expected.results[index].configs[row].documentation = nil }
            }
            for index in answer.results.indices { answer.results[index].configs.sort { $0.name < $1.name } }
            return (recording, answer, expected)
        }
    }

    @Test("Every row of a topic, whatever its order, with sources and synonyms; an unknown topic")
    func topics() throws {
        let exchanges = try exchanges("a topic with its synonyms")
        #expect(exchanges.count == 4)
        for (recording, answer, recorded) in exchanges { #expect(answer == recorded, "\(recording)") }
    }

    @Test("Named keys of three topics, and none of a broker that does not know the name")
    func namedKeys() throws {
        let exchanges = try exchanges("named keys") + exchanges("is not shown")
        #expect(exchanges.count == 5)
        for (recording, answer, recorded) in exchanges { #expect(answer == recorded, "\(recording)") }
    }

    /// The recorded broker's own file is not known as a whole; so values are compared where both have the default, and the rest
    /// of each row always.
    @Test("Every row of a broker and of the cluster default")
    func brokers() throws {
        let exchanges = try exchanges("a broker and the cluster default")
        #expect(exchanges.count == 4)
        for (recording, answer, recorded) in exchanges {
            let rows = Dictionary(uniqueKeysWithValues: answer.results[0].configs.map { ($0.name, $0) })
            var compared = 0
            for expected in recorded.results[0].configs {
                // Those that stand in one broker's file only, under names of its own.
                if expected.name.hasPrefix("listener.name.") || ["super.users", "allow.everyone.if.no.acl.found"].contains(expected.name) {
                    continue
                }
                let row = try #require(rows[expected.name], "\(expected.name)")
                #expect(row.configType == expected.configType, "\(recording) \(expected.name)")
                #expect(row.readOnly == expected.readOnly, "\(recording) \(expected.name)")
                #expect(row.isSensitive == expected.isSensitive, "\(recording) \(expected.name)")
                if expected.configSource != 5 || row.configSource != 5 { continue }
                #expect(row == expected, "\(recording) \(expected.name)")
                compared += 1
            }
            #expect(compared > 250, "\(recording): \(compared)")
            #expect(answer.results[1] == recorded.results[1], "\(recording)")
        }
    }
}
