import Bytes
import NIOConcurrencyHelpers
import Seams
import Testing

@testable import KafkaProtocol

/// A peer chooses how many tagged fields it sends: what they cost is counted in comparisons, whose number does not hang on the machine.
@Suite struct TagSectionTests {
    /// Counts how often tags are compared.
    final class Count: Sendable {
        private let number = NIOLockedValueBox(0)
        var value: Int { number.withLockedValue { $0 } }
        func add() { number.withLockedValue { $0 += 1 } }
    }

    struct CountedTag: Comparable {
        var number: Int
        var count: Count

        static func < (left: CountedTag, right: CountedTag) -> Bool {
            left.count.add()
            return left.number < right.number
        }
        static func == (left: CountedTag, right: CountedTag) -> Bool {
            left.count.add()
            return left.number == right.number
        }
    }

    /// The order that comes out, the tag that stands twice, and the comparisons that it took.
    private func order(_ tags: [Int]) -> (order: [Int], twice: Int?, comparisons: Int) {
        let count = Count()
        var section = TagSection<CountedTag>()
        for tag in tags { section.append(CountedTag(number: tag, count: count), 0..<0) }
        let twice = section.putInOrder()?.number
        return (section.fields.map(\.tag.number), twice, count.value)
    }

    private static let number = 4096
    /// Of `number`.
    private static let logarithm = 12

    @Test func tagsInKafkasOrderTakeOneComparisonEach() {
        let ordered = order(Array(0..<Self.number))
        #expect(ordered.order == Array(0..<Self.number) && ordered.twice == nil)
        #expect(ordered.comparisons < Self.number)
    }

    @Test func tagsInAnyOtherOrderTakeWhatSortingTakes() {
        let chance = SeededChance(seed: 5)
        var shuffled = Array(0..<Self.number)
        for index in shuffled.indices { shuffled.swapAt(index, chance.number(in: 0...shuffled.count - 1)) }
        let halves = (0..<Self.number / 2).flatMap { [$0, Self.number - 1 - $0] }
        for tags in [Array((0..<Self.number).reversed()), shuffled, halves] {
            let ordered = order(tags)
            #expect(ordered.order == Array(0..<Self.number) && ordered.twice == nil)
            // All with all would be eight million.
            #expect(ordered.comparisons < 2 * Self.number * Self.logarithm)
        }
    }

    @Test(arguments: [[3, 3], [0, 1, 2, 0], [9, 1, 5, 9, 7], [2, 1, 1]]) func aTagThatIsThereTwiceIsFound(_ tags: [Int]) {
        let sorted = tags.sorted()
        #expect(order(tags).twice == zip(sorted, sorted.dropFirst()).first { $0 == $1 }?.0)
    }

    /// An answer with these tags, in this order, each with nothing in it. Our own writer would put them in order.
    private func answer(_ tags: some Collection<UInt32>) throws -> [UInt8] {
        let bytes = try Frame.encodeResponse(DescribeClusterResponse(), to: DescribeClusterRequest.self, version: 0, correlationID: 1)
        var section = Writer(version: 0, flexible: true)
        section.unsignedVarint(UInt32(tags.count))
        for tag in tags {
            section.unsignedVarint(tag)
            section.unsignedVarint(0)
        }
        // The last byte said that there are none.
        return bytes.dropLast() + section.bytes
    }

    /// All with all, this would take hours.
    @Test(arguments: [false, true]) func anAnswerOfVeryManyTagsIsRead(isDescending: Bool) throws {
        let ascending = 100..<UInt32(300_100)
        let tags = isDescending ? Array(ascending.reversed()) : Array(ascending)
        let read = try Frame.decodeResponse(to: DescribeClusterRequest.self, version: 0, from: try answer(tags)).response
        #expect(read.unknownTags.fields.map(\.tag) == Array(ascending))
        let error = #expect(throws: WireError.self) {
            try Frame.decodeResponse(to: DescribeClusterRequest.self, version: 0, from: try answer(tags + [tags[7]]))
        }
        #expect(error?.reason == .repeatedTag(tags[7]) && error?.path == ["tags"])
    }
}
