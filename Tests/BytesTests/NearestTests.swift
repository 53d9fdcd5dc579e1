import Bytes
import Testing

@Suite struct NearestTests {
    @Test func aTypoFindsItsWord() {
        let verbs = ["backup", "restore", "snapshots", "show", "diff"]
        #expect(Nearest.to("bakcup", among: verbs) == "backup")
        #expect(Nearest.to("snapshot", among: verbs) == "snapshots")
        #expect(Nearest.to("frobnicate", among: verbs) == nil)
        #expect(Nearest.to("", among: verbs) == nil)
        #expect(Nearest.to("sho", among: ["shop", "show"]) == "shop", "the first by name of two as near")
        #expect(Nearest.to("restoer.abc", among: ["restore.ab"], lettersPerMistake: 6) == nil)
    }

    /// What somebody else wrote may be a word, of any length.
    @Test func aWordThatIsLongerThanAnyIsNotCompared() {
        let long = String(repeating: "e\u{301}", count: 100_000)
        #expect(Nearest.to(long, among: [long, "backup"]) == nil)
        #expect(Nearest.to("backup", among: [long]) == nil)
    }

    @Test(arguments: [("abc", "abc", 0), ("abc", "acb", 1), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("", "", 0)])
    func distancesAreCounted(_ left: String, _ right: String, _ distance: Int) {
        #expect(Nearest.distance(Array(left.unicodeScalars), Array(right.unicodeScalars)) == distance)
    }

    /// Of every two words of up to four letters out of three.
    @Test func aLimitMakesNoDistanceOtherThatIsWithinIt() {
        var words: [[Unicode.Scalar]] = [[]]
        for length in 0..<4 { words += words.filter { $0.count == length }.flatMap { word in ["a", "b", "c"].map { word + [$0] } } }
        #expect(words.count == 121)
        for left in words {
            for right in words {
                let distance = Nearest.distance(left, right)
                for limit in 0...3 {
                    let limited = Nearest.distance(left, right, limit: limit)
                    guard limited == distance || distance > limit && limited > limit else {
                        Issue.record("\(left) \(right) \(limit): \(limited), not \(distance)")
                        return
                    }
                }
            }
        }
    }
}
