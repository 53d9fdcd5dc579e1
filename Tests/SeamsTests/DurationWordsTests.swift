import Seams
import Testing

@Suite struct DurationWordsTests {
    @Test(
        arguments: [
            ("30s", 30_000), ("15m", 900_000), ("1h30m", 5_400_000), ("1d", 86_400_000), ("2w", 1_209_600_000), ("500ms", 500), ("0s", 0),
            ("1d2h3m4s5ms", 93_784_005),
        ] as [(String, Int64)])
    func areReadAndWritten(_ text: String, _ milliseconds: Int64) {
        #expect(Duration(words: text) == .milliseconds(milliseconds))
        #expect(Duration(words: Duration.milliseconds(milliseconds).words) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "30", "s", "1m1h", "1s1s", "-1s", "1.5h", " 1s", "1 s", "1y", "1M", "99999999999w", "9999999999999999999999s", "１s",
    ])
    func nothingElseIs(_ text: String) { #expect(Duration(words: text) == nil) }
}
