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
