import Bytes
import Policies
import Testing

@testable import Commands

@Suite struct PrintableTests {
    @Test(arguments: [
        ("orders.v2_x-1", "orders.v2_x-1"), ("a\u{1B}[2Jb", "a\\u{1b}[2Jb"), ("line\nbreak\r\t", "line\\nbreak\\r\\t"),
        ("abc\u{202E}txt", "abc\\u{202e}txt"), ("zero\u{200B}width\u{FEFF}", "zero\\u{200b}width\\u{feff}"), ("nul\0", "nul\\u{0}"),
        ("c1\u{9B}", "c1\\u{9b}"), ("back\\slash", "back\\\\slash"), ("\u{2028}", "\\u{2028}"), ("müller 注文", "müller 注文"),
        ("$(touch x)\"'<script>", "$(touch x)\"'<script>"),
    ])
    func whatCouldMoveACursorOrReorderTextIsSpelledOut(_ name: String, _ printed: String) {
        #expect(Printable.escape(name) == printed)
        #expect(Printable.escape(ByteString(name)) == printed)
    }

    @Test func bytesThatAreNotUTF8AreSpelledAsBytes() {
        #expect(Printable.escape(ByteString(bytes: [0x61, 0xFF, 0xFE, 0xC3, 0xA9, 0xC3])) == "a\\xFF\\xFEé\\xC3")
    }

    @Test func noTwoNamesLookAlikeThroughTheirEscapes() {
        #expect(Printable.escape("a\n") != Printable.escape("a\\n"))
        #expect(Printable.escape(ByteString(bytes: [0xFF])) != Printable.escape("\\xFF"))
    }

    @Test func noControlCharacterOfUnicodeGetsThrough() {
        for value in UInt32(0)...0x2FFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let printed = Printable.escape(String(Character(scalar)))
            #expect(
                printed.unicodeScalars.allSatisfy {
                    ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
                })
        }
    }

    @Test func wideCharactersTakeTwoColumnsAndMarksNone() {
        #expect(Printable.columns("abc") == 3)
        #expect(Printable.columns("注文") == 4)
        #expect(Printable.columns("e\u{301}") == 1)
    }
}

@Suite struct TableTests {
    @Test func columnsAreAlignedAndNothingTrails() {
        var table = Table([.init("name"), .init("count", .right), .init("note")])
        table.add("orders", .init(12), "")
        table.add("注文", .init(1_234_567), "x")
        #expect(
            table.render(Style(isColoured: false)) == """
                NAME        COUNT  NOTE
                orders         12
                注文    1,234,567  x

                """)
    }

    @Test func aNameCannotBreakOutOfItsCell() {
        var table = Table("group", "topic")
        table.add(Table.Cell("\u{1B}[2Jevil\n\u{202E}"), "t")
        let text = table.render(Style(isColoured: false))
        #expect(text.split(separator: "\n").count == 2)
        #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
    }

    @Test func colourComesOnlyWhereItIsAskedFor() {
        var table = Table("state")
        table.add(Table.Cell("bad", .bad))
        #expect(table.render(Style(isColoured: true)).contains("\u{1B}[31mbad\u{1B}[0m"))
        #expect(!table.render(Style(isColoured: false)).contains("\u{1B}"))
    }

    @Test(
        arguments: [
            ([:], true, true), (["NO_COLOR": "1"], true, false), (["NO_COLOR": ""], true, true), (["TERM": "dumb"], true, false),
            ([:], false, false),
        ] as [([String: String], Bool, Bool)])
    func colourNeedsATerminalThatWantsIt(_ variables: [String: String], _ terminal: Bool, _ coloured: Bool) {
        let fake = FakeShell(terminal: terminal, variables: variables)
        #expect(fake.shell.style(for: fake.output).isColoured == coloured)
    }
}

@Suite struct UnitsTests {
    @Test func numbersAreGrouped() {
        #expect([0, 7, 999, 1000, 1_234_567, -1000].map { Units.count($0) } == ["0", "7", "999", "1,000", "1,234,567", "-1,000"])
        #expect(Units.count(1, "topic") == "1 topic")
        #expect(Units.count(2000, "topic") == "2,000 topics")
    }

    @Test func bytesHaveOneDecimal() {
        #expect(
            [0, 1023, 1024, 1536, 1 << 20, 5 << 30].map { Units.bytes($0) } == [
                "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "5.0 GiB",
            ])
    }

    @Test func durationsHaveTheUnitThatFits() {
        let durations: [Duration] = [.milliseconds(8), .milliseconds(1450), .seconds(125), .seconds(11_400)]
        #expect(durations.map { Units.duration($0) } == ["8 ms", "1.4 s", "2 min 5 s", "3 h 10 min"])
    }
}
