import Bytes
import SnapshotModel
import Testing

@Suite struct DocumentTests {
    @Test func aDocumentIsOneLine() throws {
        for part in awkward {
            let document = Document(id: ResourceID("group", part), body: .object(["metadata": .text(part), part: .null]))
            let line = document.canonicalBytes
            #expect(!line.contains(0x0a))
            #expect(try Document.parse(line) == document)
        }
    }

    @Test func theStoredFormIs() {
        let document = Document(id: ResourceID("orders"), body: .object(["partitions": .integer(6)]))
        #expect(String(decoding: document.canonicalBytes, as: UTF8.self) == #"{"body":{"partitions":6},"id":["orders"]}"#)
    }

    @Test(arguments: [
        #"{"id":["a"]}"#, #"{"body":1,"id":[]}"#, #"{"body":1,"id":"a"}"#, #"{"body":1,"id":[1]}"#, #"{"body":1,"id":["a"],"x":1}"#, "[]",
    ])
    func aLineThatIsNoDocumentIsRefused(_ line: String) { #expect(throws: JSONError.self) { try Document.parse(Array(line.utf8)) } }
}

@Suite struct ChangeTests {
    private func documents(_ bodies: [(ByteString, Int)]) -> [Document] {
        bodies.map { Document(id: ResourceID($0.0), body: .integer($0.1)) }
    }

    @Test func changesLeadFromOneListToTheOther() {
        let old = documents([("a", 1), ("b", 1), ("d", 1)])
        let new = documents([("b", 2), ("c", 1), ("d", 1), ("e", 1)])
        #expect(
            Array(Changes(from: old, to: new)) == [
                .removed(old[0]), .changed(from: old[1], to: new[0]), .added(new[1]), .added(new[3]),
            ])
    }

    @Test func equalListsHaveNoChanges() {
        let list = documents([("a", 1), ("b", 1)])
        #expect(Array(Changes(from: list, to: list)).isEmpty)
        #expect(Array(Changes(from: [], to: [])).isEmpty)
    }

    @Test func fromNothingEverythingIsAdded() {
        let list = documents([("a", 1), ("b", 1)])
        #expect(Array(Changes(from: [], to: list)) == list.map { .added($0) })
        #expect(Array(Changes(from: list, to: [])) == list.map { .removed($0) })
    }
}
