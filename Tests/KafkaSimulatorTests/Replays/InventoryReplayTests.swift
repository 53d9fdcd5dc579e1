import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Calls that list what there is answer as the recorded broker did")
struct InventoryReplayTests {
    @Test("ListConfigResources: subscriptions alone at first, then every type, but for the order")
    func listConfigResources() throws {
        let exchanges = try Replay.exchanges(ListConfigResourcesRequest.self)
        #expect(exchanges.map(\.recording.version).sorted() == [0, 1])
        for (recording, request, recorded) in exchanges {
            var stage = BrokerStage(Replay.configuration)
            let topics = exchanges.flatMap(\.response.configResources).filter { $0.resourceType == ConfigResourceKind.topic.rawValue }
            #expect(topics.count > 10)
            for topic in topics { stage.plant(topic.resourceName) }
            let answer = try stage.call(ListConfigResourcesHandler.self, request, version: recording.version)
            #expect(answer.errorCode == recorded.errorCode)
            func order(_ rows: [ListConfigResourcesResponse.ConfigResource]) -> [ListConfigResourcesResponse.ConfigResource] {
                rows.sorted { ($0.resourceType, $0.resourceName) < ($1.resourceType, $1.resourceName) }
            }
            let answered = try Replay.carried(answer, ListConfigResourcesRequest.self, version: recording.version)
            #expect(order(answered.configResources) == order(recorded.configResources), "\(recording)")
        }
    }

    @Test("DescribeLogDirs: the folder, every partition with its size, the disk's size since version 4")
    func describeLogDirs() throws {
        let exchanges = try Replay.exchanges(DescribeLogDirsRequest.self)
        #expect(exchanges.map(\.recording.version).sorted() == [1, 2, 3, 4])
        for (recording, request, recorded) in exchanges {
            var stage = BrokerStage(Replay.configuration)
            let folder = try #require(recorded.results.first)
            for topic in folder.topics { stage.plant(topic.name, partitions: topic.partitions.count) }
            // One whose records were recorded too, so that its size is known.
            let zipped = try #require(
                try Replay.exchanges(FetchRequest.self) { $0.note == "gzip batches" && $0.version == 12 }.first)
            for batch in try RecordBatch.batches(in: zipped.response.responses[0].partitions[0].records?.bytes ?? []) {
                _ = stage.state.topics["codec-gzip"]?.partitions[0].append(batch)
            }
            let answer = try stage.call(DescribeLogDirsHandler.self, request, version: recording.version)
            let mine = try #require(answer.results.first)
            #expect(answer.results.count == recorded.results.count)
            #expect((mine.errorCode, mine.logDir) == (folder.errorCode, folder.logDir))
            #expect((mine.totalBytes > 0) == (folder.totalBytes > 0) || recording.version < 4)
            for (topic, theirs) in zip(mine.topics, folder.topics.sorted { $0.name < $1.name }) {
                #expect(topic.name == theirs.name)
                #expect(topic.partitions.map(\.partitionIndex) == theirs.partitions.map(\.partitionIndex).sorted(), "\(topic.name)")
                #expect(topic.partitions.allSatisfy { $0.offsetLag == 0 && !$0.isFutureKey })
                if topic.name == "codec-gzip" { #expect(topic.partitions == theirs.partitions) }
            }
            #expect(mine.topics.count == folder.topics.count)
        }
    }
}
