import Bytes
import SnapshotModel
import Testing

@testable import Resources

@Suite struct TopicDocumentTests {
    private let topic = TopicDocument(
        name: "orders", partitions: 2, replicationFactor: 3, assignment: [[1, 2, 3], [2, 3, 1]], configs: ["retention.ms": "1000"])

    @Test func itsFormIsDocumentedAndStable() {
        #expect(
            String(decoding: topic.document.canonicalBytes, as: UTF8.self)
                == #"{"body":{"assignment":[[1,2,3],[2,3,1]],"configs":{"retention.ms":"1000"},"partitions":2,"replicationFactor":3},"id":["orders"]}"#
        )
    }

    @Test func itRoundTrips() throws {
        #expect(try TopicDocument(topic.document) == topic)
        #expect(try TopicDocument(Document.parse(topic.document.canonicalBytes)) == topic)
    }

    @Test(arguments: [
        #"{"partitions":0,"replicationFactor":1}"#, #"{"partitions":1,"replicationFactor":0}"#,
        #"{"partitions":3000000000,"replicationFactor":1}"#,
        #"{"partitions":2,"replicationFactor":1,"assignment":[[1]]}"#, #"{"partitions":1,"replicationFactor":1,"assignment":[[]]}"#,
        #"{"partitions":1,"replicationFactor":1,"configs":{"a":1}}"#, "{}", "[]",
    ]) func aMalformedBodyIsRefusedByName(_ text: String) throws {
        let document = Document(id: ResourceID("orders"), body: try JSON.parse(Array(text.utf8)))
        let error = #expect(throws: MalformedDocument.self) { try TopicDocument(document) }
        #expect(error?.description.contains("orders") == true)
    }

    @Test func anExpectedTopicWithoutAssignmentIsMetByAny() {
        var open = topic
        open.assignment = nil
        let kind = TopicsKind()
        #expect(kind.satisfies(topic.document, open.document))
        #expect(!kind.satisfies(open.document, topic.document))
        open.partitions = 3
        #expect(!kind.satisfies(topic.document, open.document))
    }

    @Test func remappingTranslatesReplicasNamesAndFactor() {
        let kind = TopicsKind()
        var remapping = Remapping(brokers: [1: 101, 2: 102, 3: 103], targetBrokers: [101, 102, 103])
        remapping.topics = Renaming([Renaming.Rule(from: "orders", to: "o2")])
        let moved = kind.remap([topic.document], remapping).documents
        #expect(moved.first?.id == ResourceID("o2"))
        #expect(moved.first?.body["assignment"] == .array([[101, 102, 103], [102, 103, 101]].map { .array($0.map { .integer($0) }) }))
        remapping.replicationFactor = 2
        let shrunk = kind.remap([topic.document], remapping).documents
        #expect(shrunk.first?.body["assignment"] == nil)
        #expect(shrunk.first?.body["replicationFactor"] == .integer(2))
    }

    @Test func replicasOnABrokerWithoutCounterpartAreLeftToTheTarget() {
        let remapped = TopicsKind().remap([topic.document], Remapping(brokers: [1: 1, 2: 2], targetBrokers: [1, 2]))
        #expect(remapped.documents.first?.body["assignment"] == nil)
    }

    @Test func renamingIntoACollisionOfDotAndUnderscoreIsAConflict() {
        var other = topic
        other.name = "a_b"
        var remapping = Remapping.identity(brokers: [1, 2, 3])
        remapping.topics = Renaming([Renaming.Rule(from: "orders", to: "a.b")])
        let remapped = TopicsKind().remap([other.document, topic.document], remapping)
        #expect(remapped.conflicts.count == 1)
        #expect(remapped.documents.count == 1)
    }
}
