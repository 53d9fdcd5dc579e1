import Testing

@testable import KafkaClient

@Suite struct JavaPropertiesTests {
    private func read(_ text: String) throws -> [String] {
        try JavaProperties(Array(text.utf8)).entries.map { "\($0.line)|\($0.key)|\($0.value)" }
    }

    @Test func keyAndValueAreParted() throws {
        #expect(try read("a=1") == ["1|a|1"])
        #expect(try read("a:1") == ["1|a|1"])
        #expect(try read("a 1") == ["1|a|1"])
        #expect(try read("  a \t = \t 1 2  ") == ["1|a|1 2  "])
        #expect(try read("a==1") == ["1|a|=1"])
        #expect(try read("a = : 1") == ["1|a|: 1"])
        #expect(try read("a") == ["1|a|"])
        #expect(try read("=1") == ["1||1"])
        #expect(try read("a\\ b\\:c\\=d=1") == ["1|a b:c=d|1"])
    }

    @Test func aByteOrderMarkIsNoPartOfTheFirstKey() throws {
        #expect(try read("\u{FEFF}security.protocol=SSL\n\u{FEFF}a=1") == ["1|security.protocol|SSL", "2|\u{FEFF}a|1"])
        #expect(try read("\u{FEFF}a=ä") == ["1|a|ä"])
        #expect(try read("\u{FEFF}# x\na=1") == ["2|a|1"])
        #expect(try JavaProperties([0xEF, 0xBB, 0xBF, 0x61, 0x3D, 0xE9]).entries.map { "\($0.key)|\($0.value)" } == ["a|é"])
    }

    @Test func commentsAndBlankLinesAreLeftOut() throws {
        #expect(try read("# x\n ! y\n\n \t \na=#1\r\nb=!2\rc=3") == ["5|a|#1", "6|b|!2", "7|c|3"])
    }

    @Test func linesAreContinued() throws {
        #expect(try read("a=1,\\\n   2,\\\r\n\t3\nb=4") == ["1|a|1,2,3", "4|b|4"])
        #expect(try read("a=1\\\\\nb=2") == ["1|a|1\\", "2|b|2"])
        #expect(try read("a=1\\\\\\\nb=2") == ["1|a|1\\b=2"])
        #expect(try read("a=\\\n# no comment here") == ["1|a|# no comment here"])
        #expect(try read("a=1\\") == ["1|a|1"])
    }

    @Test func escapesAreUndone() throws {
        #expect(try read(#"a=\t\n\r\f\\\"\'\q\u00e9\uD83D\uDE00"#) == ["1|a|\t\n\r\u{c}\\\"'qé😀"])
    }

    @Test(arguments: ["a=\\u12", "a=\\u12g4", "a=\\u+123", "\n\na=\\u"])
    func aBrokenEscapeNamesItsLine(text: String) {
        #expect { try read(text) } throws: {
            ($0 as? JavaProperties.Flaw)?.line == text.split(separator: "\n", omittingEmptySubsequences: false).count
        }
    }

    /// `Properties.load` of a stream reads ISO 8859-1, also what would be UTF-8.
    @Test func bytesBeyondASCIIAreReadAsJavaDoesAndMarked() throws {
        #expect(try JavaProperties([0x61, 0x3d, 0xe9]).entries.map(\.value) == ["é"])
        let entries = try JavaProperties(Array("# ä\na=ä\nb=1\\\n  ,ö\nc=\\u00e4".utf8)).entries
        #expect(entries.map(\.value) == ["Ã¤", "1,Ã¶", "ä"])
        #expect(entries.map(\.isLatin) == [true, true, false])
        #expect(entries.map(\.line) == [2, 3, 5])
        #expect(try JavaProperties([0xEF, 0xBB, 0xBF] + Array("a=ä".utf8)).entries.map { "\($0.value) \($0.isLatin)" } == ["ä false"])
        #expect(try JavaProperties("a=ä").entries.map { "\($0.value) \($0.isLatin)" } == ["ä false"])
    }

    @Test func whatIsWrittenIsReadAgainWhateverItIs() throws {
        for text in ["p ä=:#!\\\n\t", "😀\u{80}é", "\u{FEFF}x"] {
            let line = "\(JavaProperties.escape(text))=\(JavaProperties.escape(text))"
            #expect(line.utf8.allSatisfy { $0 < 0x80 })
            #expect(try JavaProperties(Array(line.utf8)).entries == [JavaProperties.Entry(key: text, value: text, line: 1)])
        }
    }
}

@Suite struct JaasEntryTests {
    @Test func aLoginModuleIsRead() throws {
        let entries = try JaasEntry.all(
            in: #"org.apache.kafka.common.security.scram.ScramLoginModule required username="al\"i ce;=" password='p\\w' tokenauth=true;"#)
        let entry = try #require(entries.first)
        #expect(entries.count == 1)
        #expect(entry.moduleName == "ScramLoginModule")
        #expect(entry.options.mapValues(\.revealed) == ["username": "al\"i ce;=", "password": "p\\w", "tokenauth": "true"])
    }

    @Test func blanksAndLinesDoNotMatter() throws {
        #expect(try JaasEntry.all(in: "M\n  REQUIRED\n a = b\n;\n").map { $0.options.mapValues(\.revealed) } == [["a": "b"]])
    }

    /// As Kafka's JaasConfig sets its StreamTokenizer up: both kinds of comments, and a slash alone begins one too.
    @Test(arguments: [
        "M required /* a=x; */ a=b;", "M required // a=x;\n a=b;", "/**/M/*\n*/required\n/ a=x\ra=b//\n;",
        "// first\nM required a=b; // last",
        "M required a=b/* joined */;", "M required a=b/c\n;", "M /* ** // */ required a = 'b' ;",
    ])
    func commentsAreLeftOut(text: String) throws {
        #expect(try JaasEntry.all(in: text).map { $0.options.mapValues(\.revealed) } == [["a": "b"]])
    }

    @Test func withinQuotesASlashIsASlashAndAHashIsNoComment() throws {
        let entry = try JaasEntry.all(in: ##"M required a="https://x/*y*/" b='//' c="#" d="\101\t\/\4777";"##)[0]
        #expect(entry.options.mapValues(\.revealed) == ["a": "https://x/*y*/", "b": "//", "c": "#", "d": "A\t/'77"])
    }

    @Test func severalEntriesKeepTheirOrder() throws {
        let entries = try JaasEntry.all(in: "x.M required a=b; N optional; x.M sufficient a='c';")
        #expect(entries.map(\.moduleName) == ["M", "N", "M"])
        #expect(entries.map { $0.options["a"]?.revealed } == ["b", nil, "c"])
    }

    @Test(arguments: [
        "", "M", "M required", "M sometimes a=b;", "M required a;", "M required a=;", "M required =b;", "M required a=\"b;",
        "M required a=b",
        "M required a=b; /* open", "M required a=b //;", "M required a=\"b\n;", "M required a=\"b\n\";", "// nothing else",
        "M required a=b; N required c=d", "M required a=b; rubbish", "\"M\" required;",
    ])
    func whatIsNoEntryIsRefused(text: String) {
        #expect(throws: JaasEntry.Flaw.self) { try JaasEntry.all(in: text) }
    }
}
