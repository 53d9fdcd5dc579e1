import Bytes
import KafkaProtocol
import NIOConcurrencyHelpers
import Testing

@testable import KafkaClient

/// A leader that has moved: before it appended, which is followed, or after, which leaves the write unknown.
@Suite struct ProduceOutcomeTests {
    private final class Port: Sendable {
        let number = NIOLockedValueBox(0)
    }

    /// Answers the first Produce with `code` and `offset`, and others with success.
    private func produce(_ code: ErrorCode, offset: Int64) async throws -> (result: Result<Int64, KafkaError>, calls: Int) {
        let port = Port()
        let script: ScriptedBroker.Script = { api, frame, before in
            switch api {
            case .apiVersions: return try .versions(to: frame)
            case .metadata:
                return try .answer(MetadataRequest.self, to: frame) { _, response in
                    var broker = MetadataResponse.MetadataResponseBroker()
                    (broker.nodeId, broker.host, broker.port) = (1, "127.0.0.1", Int32(port.number.withLockedValue { $0 }))
                    response.brokers = [broker]
                    response.controllerId = 1
                    var topic = MetadataResponse.MetadataResponseTopic()
                    topic.name = "t"
                    var partition = MetadataResponse.MetadataResponseTopic.MetadataResponsePartition()
                    partition.leaderId = 1
                    topic.partitions = [partition]
                    response.topics = [topic]
                }
            default:
                return try .answer(ProduceRequest.self, to: frame) { _, response in
                    var partition = ProduceResponse.TopicProduceResponse.PartitionProduceResponse()
                    partition.errorCode = before == 0 ? code : .none
                    partition.baseOffset = before == 0 ? offset : 7
                    var topic = ProduceResponse.TopicProduceResponse()
                    topic.name = "t"
                    topic.partitionResponses = [partition]
                    response.responses = [topic]
                }
            }
        }
        return try await ScriptedBroker.run(script) { broker async throws in
            port.number.withLockedValue { $0 = broker.address.port }
            var configuration = ClientConfiguration(bootstrap: [broker.address])
            configuration.retryBackoff = .milliseconds(1)
            return try await TestCluster.withClient(configuration) { client async throws in
                let record = Record(timestamp: 1, key: nil, value: [1])
                let result: Result<Int64, KafkaError>
                do throws(KafkaError) {
                    result = .success(try await client.produce([record], to: TopicPartition("t", 0)))
                } catch {
                    result = .failure(error)
                }
                return (result, broker.count(.produce))
            }
        }
    }

    @Test func aLeaderThatHadMovedBeforeIsFollowed() async throws {
        let (result, calls) = try await produce(.notLeaderOrFollower, offset: -1)
        #expect(try result.get() == 7)
        #expect(calls == 2)
    }

    @Test(arguments: [ErrorCode.notLeaderOrFollower, .kafkaStorageError, .unknownTopicOrPartition])
    func aLeaderThatMovedAfterItAppendedLeavesTheWriteUnknownAndItIsNotRepeated(code: ErrorCode) async throws {
        let (result, calls) = try await produce(code, offset: 41)
        guard case .failure(let error) = result else {
            Issue.record("it was taken for done")
            return
        }
        #expect(error.outcome == .unknown && error.code == .brokerError(code))
        #expect(calls == 1)
    }
}
