import Bytes
import Seams
import SnapshotModel
import Testing

@testable import Repository

@Suite struct PageTests {
    private let parameters = PageParameters(salt: [1, 2, 3])

    private func cut(_ documents: [Document], _ parameters: PageParameters) -> [PageCutter.Page] {
        var cutter = PageCutter(parameters, level: 0)
        var pages = documents.flatMap { cutter.add($0.canonicalBytes, documents: 1, first: $0.id, last: $0.id) }
        pages += cutter.finish()
        return pages
    }

    @Test func pagesTogetherAreTheDocuments() {
        let documents = Bench.topics(3_000)
        let pages = cut(documents, parameters)
        #expect(pages.flatMap(\.bytes) == Array(documents.map { $0.canonicalBytes + [0x0a] }.joined()))
        #expect(pages.map(\.documents).reduce(0, +) == 3_000)
        #expect(zip(pages, pages.dropFirst()).allSatisfy { $0.last < $1.first })
    }

    @Test func pagesKeepToTheirLengths() {
        let pages = cut(Bench.topics(5_000), parameters)
        let lengths = pages.dropLast().map(\.bytes.count)
        #expect(lengths.allSatisfy { (parameters.floor...parameters.ceiling).contains($0) })
        let mean = lengths.reduce(0, +) / lengths.count
        #expect((parameters.target / 2...parameters.target * 2).contains(mean), "mean length \(mean)")
    }

    @Test func aDocumentLongerThanAPageHasAPageOfItsOwn() {
        let long = Document(id: ResourceID("b"), body: .text(ByteString(String(repeating: "x", count: 300_000))))
        let pages = cut([Bench.topic("a", partitions: 1), long, Bench.topic("c", partitions: 1)], parameters)
        #expect(pages.map(\.documents) == [1, 1, 1])
    }

    @Test func aChangeMovesTheCutsNearItOnly() {
        let documents = Bench.topics(3_000)
        let before = Set(cut(documents, parameters).map(\.bytes))
        let chance = SeededChance(seed: 5)
        for round in 0..<12 {
            var changed = documents
            let place = chance.number(in: 0...changed.count - 1)
            switch round % 3 {
            case 0: changed[place].body = .object(["partitions": .integer(999)])
            case 1: changed.remove(at: place)
            default:
                changed.insert(Bench.topic(ByteString("orders.\(String(place + 100_000).dropFirst()).v1x"), partitions: 1), at: place + 1)
            }
            let fresh = cut(changed, parameters).filter { !before.contains($0.bytes) }
            #expect((1...3).contains(fresh.count), "\(fresh.count) pages differ after a change at \(place)")
        }
    }

    @Test func aChangedConfigRewritesOnePage() {
        let documents = Bench.topics(3_000)
        let before = Set(cut(documents, parameters).map(\.bytes))
        var changed = documents
        changed[1_500] = Bench.topic("orders.01500.v1", partitions: 7)
        #expect(cut(changed, parameters).filter { !before.contains($0.bytes) }.count == 1)
    }

    @Test func anotherSaltCutsElsewhere() {
        let documents = Bench.topics(3_000)
        let one = Set(cut(documents, parameters).map(\.last))
        let other = Set(cut(documents, PageParameters(salt: [9])).map(\.last))
        #expect(one.intersection(other).count < one.count / 2)
    }
}
