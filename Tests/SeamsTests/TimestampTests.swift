import Seams
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (1_795_463_788_123, "2026-11-23T19:56:28.123Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func momentsReadAsTheyAreWritten(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test func everyDayOfFourCenturiesReadsBack() {
        for day in stride(from: -80_000, through: 80_000, by: 1) {
            let moment = Timestamp(milliseconds: Int64(day) * 86_400_000 + 12_345_678)
            #expect(CivilTime(moment).timestamp == moment)
        }
    }

    @Test(arguments: [
        ("2026-11-23T10:00Z", "2026-11-23T10:00:00.000Z"), ("2026-11-23", "2026-11-23T00:00:00.000Z"),
        ("2026-11-23T10:00:05", "2026-11-23T10:00:05.000Z"),
        ("2026-11-23 10:00", "2026-11-23T10:00:00.000Z"), ("2026-11-23t10:00:00.5z", "2026-11-23T10:00:00.500Z"),
        ("2026-11-23T10:00:00.123456789Z", "2026-11-23T10:00:00.123Z"), ("2026-11-23T10:00:00+02:30", "2026-11-23T07:30:00.000Z"),
        ("2026-01-01T00:00-00:01", "2026-01-01T00:01:00.000Z"), ("1970-01-01T00:00:00+01:00", "1969-12-31T23:00:00.000Z"),
    ]) func whatOperatorsTypeIsUnderstood(_ typed: String, _ meant: String) { #expect(Timestamp(typed)?.description == meant) }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2026-00-01", "2026-02-29", "2100-02-29", "2026-04-31", "2026-11-23T", "2026-11-23T24:00",
        "2026-11-23T10:60",
        "2026-11-23T10:00:60", "2026-11-23T10:00:00.", "2026-11-23T10:00:00+2:00", "2026-11-23T10:00:00+24:00", "2026-11-23T10:00ZZ",
        "26-11-23",
        "2026-11-23T10:00:00.5x", "２０２６-11-23", " 2026-11-23",
    ]) func whatIsNoMomentIsRefused(_ text: String) { #expect(Timestamp(text) == nil) }

    @Test func arithmeticSaturates() {
        let moment = Timestamp(milliseconds: 1_000)
        #expect(moment.advanced(by: .seconds(-2)).milliseconds == -1_000)
        #expect(moment.since(Timestamp(milliseconds: 400)) == .milliseconds(600))
        #expect(Timestamp(milliseconds: .max).advanced(by: .seconds(1)).milliseconds == .max)
        #expect(Timestamp(milliseconds: .min).advanced(by: .seconds(-1)).milliseconds == .min)
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeMilliseconds == .min)
        #expect(Duration.nanoseconds(-1_999_999).wholeMilliseconds == -1)
        #expect(Timestamp(milliseconds: 1) < Timestamp(milliseconds: 2))
    }
}

@Suite struct SeededChanceTests {
    @Test func theSameSeedIsTheSameRun() {
        let one = SeededChance(seed: 42)
        let other = SeededChance(seed: 42)
        for count in [0, 1, 7, 8, 9, 100] { #expect(one.bytes(count) == other.bytes(count)) }
        #expect(SeededChance(seed: 1).bytes(16) != SeededChance(seed: 2).bytes(16))
    }

    @Test(arguments: [0...0, -3...3, Int.min...Int.max, Int.max...Int.max, Int.min...Int.min])
    func numbersStayInTheirRangeAndReachItsEnds(_ range: ClosedRange<Int>) {
        let chance = SeededChance(seed: 3)
        let drawn = (0..<2_000).map { _ in chance.number(in: range) }
        #expect(drawn.allSatisfy { range.contains($0) })
        if range == -3...3 { #expect(Set(drawn) == Set(range)) }
    }
}
