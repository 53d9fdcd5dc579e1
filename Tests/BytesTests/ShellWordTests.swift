import Bytes
import Subprocess
import Testing

/// No name of a cluster is run by whoever gives a printed command as it stands, and the command gets the very name.
@Suite struct ShellWordTests {
    static let names: [ByteString] = [
        "billing", "", " ", "a b", "it's", "x'$(echo run)'y", "`echo run`", "$(echo run)", "'; echo run; #", "\"", "a\\b", "\\",
        "\\'; echo run; '", "a\nb", "\tx'$(echo run)", "\u{1b}[2J", "caf\u{e9}", "cafe\u{301}", "\u{202e}abc", "-x", "~", "*", "!x",
        "{a,b}", "a=b", "x\u{e000}'y",
        ByteString(bytes: [0xff, 0x27, 0x24, 0x28]), ByteString(bytes: [0x61, 0x5c, 0x27, 0xfe]),
    ]

    private func words(_ text: String, _ shell: String = "bash") async throws -> [UInt8] {
        // `echo run` would show as a word more.
        let result = try await Subprocess.run(
            .name(shell), arguments: ["-c", "printf '%s\\0' \(text)"], environment: .inherit.updating(["LC_ALL": "C.UTF-8"]),
            output: .bytes(limit: 4096), error: .discarded)
        #expect(result.terminationStatus.isSuccess)
        return result.standardOutput
    }

    @Test(arguments: names) func aShellReadsTheVeryName(_ name: ByteString) async throws {
        #expect(try await words(ShellWord.quoted(name)) == name.bytes + [0])
    }

    @Test(arguments: names) func aRuleIsOneWordThatFitsTheName(_ name: ByteString) async throws {
        let rule = ShellWord.rule("consumer-groups", name)
        #expect(!rule.contains("\\"), "it survives being escaped for a terminal")
        let read = try await words(rule)
        #expect(read.last == 0 && read.count(where: { $0 == 0 }) == 1)
        let pattern = Array(read.dropLast().dropFirst("consumer-groups:".utf8.count))
        #expect(pattern.count == name.bytes.count)
        for (wanted, byte) in zip(pattern, name.bytes) { #expect(wanted == byte || wanted == UInt8(ascii: "?")) }
        #expect(!pattern.contains(UInt8(ascii: "*")), "it would fit every name there is")
    }

    @Test func whatNeedsNoQuotesHasNone() {
        #expect(ShellWord.quoted("orders.v1-dlq_x") == "orders.v1-dlq_x")
        #expect(ShellWord.rule("topics", "orders.v1") == "topics:orders.v1")
        #expect(ShellWord.quoted("it's") == #"'it'"'"'s'"#)
        #expect(ShellWord.quoted("a\n'") == #"$'a\x0a\x27'"#)
    }
}
