import Foundation
import FuzzTargets
import Seams
import Testing

/// A short run of the fuzzing that `make fuzz` does at length: every input that is kept, and as many changed ones.
@Suite(.serialized) struct FuzzTests {
    static let mutations = 20_000

    @Test(arguments: FuzzTarget.all) func everythingKeptIsTakenOrRefusedInOrder(_ target: FuzzTarget) throws {
        let corpus = try Corpus.inputs(of: target)
        #expect(corpus.count >= 5)
        for input in corpus { #expect(target.finding(in: input) == nil) }
        let mutator = Mutator(SeededChance(seed: 4711))
        let share = Self.mutations / FuzzTarget.all.count + 1
        for _ in 0..<share {
            let finding = target.finding(in: mutator.next(of: corpus, upTo: target.greatestLength))
            if let finding { Issue.record("\(finding)") }
        }
        print("\(target.name): \(corpus.count) inputs kept and \(share) changed")
    }

    /// Inputs of one kind of part, many times over: what looks at each part once for every other one would take hours with them, where the
    /// inputs that are kept and changed are too short to show it.
    @Test(.timeLimit(.minutes(10)), arguments: ["json", "registry", "frames", "messages"])
    func whatIsLongTakesAsLongAsItIs(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        func text(_ parts: some Sequence<String>, in brackets: (String, String)) -> [UInt8] {
            Array("\(brackets.0)\(parts.joined(separator: ","))\(brackets.1)".utf8)
        }
        func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] { Array(repeatElement(bytes, count: count).joined()) }
        let count = 100_000
        let inputs: [[UInt8]]
        switch name {
        case "json", "registry":
            inputs = [
                text(repeatElement("1", count: count), in: ("[", "]")), text((0..<count).map { "\"\($0)\":0" }, in: ("{", "}")),
                text(repeatElement("{}", count: count), in: ("[", "]")), Array("\"\(String(repeating: #"\n"#, count: count))\"".utf8),
            ]
        case "frames":
            // Pieces of 256 bytes, answers to a call that there is; empty frames, and one that never comes to its end.
            inputs = [[255, 3] + repeated([0, 0, 0, 0], count / 4), [255, 3, 0, 0, 4, 0] + repeated([0], 1000)]
        default:
            // An answer to DescribeCluster, whose header has tags without bytes: the same two for ever, and others that descend.
            let descending = (0..<count).flatMap { number -> [UInt8] in
                let tag = 2_000_000 - number
                return [UInt8(tag & 0x7f) | 0x80, UInt8(tag >> 7 & 0x7f) | 0x80, UInt8(tag >> 14), 0]
            }
            let head: [UInt8] = [60, 0x80, 0, 0, 0, 1, UInt8(count & 0x7f) | 0x80, UInt8(count >> 7 & 0x7f) | 0x80, UInt8(count >> 14)]
            inputs = [head + repeated([1, 0, 2, 0], count / 2), head + descending]
        }
        for input in inputs { #expect(target.finding(in: input) == nil) }
    }

    @Test func aCorpusPacksAndUnpacks() throws {
        let inputs: [[UInt8]] = [[], [1], Array(repeating: 7, count: 5_000)]
        #expect(try Corpus.unpack(try Corpus.pack(inputs)) == inputs)
        #expect(throws: (any Error).self) { try Corpus.unpack([1, 2, 3]) }
    }

    @Test func everyTargetHasItsCorpus() {
        let names = FuzzTarget.all.map(\.name)
        #expect(Set(names).count == names.count && names.count >= 9)
    }
}
