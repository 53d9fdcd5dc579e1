import Testing

@testable import Commands

@Suite struct PromptTests {
    @Test(
        arguments: [
            (["y"], .yes), (["Yes "], .yes), (["n"], .no), ([""], .no), (["what", "y"], .yes), (["a", "b", "c", "y"], .no), ([], .no),
        ] as [([String], Approval.Answer)])
    func onlyAClearYesIsAYes(_ lines: [String], _ answer: Approval.Answer) async throws {
        let fake = FakeShell(terminal: true, input: lines)
        #expect(try await Approval(shell: fake.shell).ask("Apply 3 changes?") == answer)
        #expect(fake.errors.text.hasPrefix("Apply 3 changes? [y/N] "))
        #expect(fake.output.text.isEmpty)
    }

    @Test func withoutATerminalNobodyIsAsked() async throws {
        let fake = FakeShell(terminal: false, input: ["y"])
        #expect(try await Approval(shell: fake.shell).ask("Apply?") == .unasked)
        #expect(fake.errors.text.isEmpty)
    }

    @Test func aClusterCannotForgeThePrompt() async throws {
        let fake = FakeShell(terminal: true, input: ["n"])
        _ = try await Approval(shell: fake.shell).ask("Apply to \u{1B}[2Jcluster?")
        #expect(!fake.errors.text.contains("\u{1B}"))
    }
}

@Suite struct ProgressLineTests {
    @Test func aTerminalSeesOneLineThatIsTakenAway() {
        let fake = FakeShell(terminal: true, variables: ["NO_COLOR": "1"])
        let line = ProgressLine(fake.shell, mode: .redrawn)
        line.show("reading topics")
        line.clear()
        #expect(fake.errors.text == "\r\u{1B}[2Kreading topics\r\u{1B}[2K")
        #expect(fake.output.text.isEmpty)
    }

    @Test func elsewhereAStageIsALine() {
        let fake = FakeShell()
        let line = ProgressLine(fake.shell, mode: .lines)
        line.show("applying topics", "1 of 3")
        line.show("applying topics", "2 of 3")
        line.show("validating topics")
        #expect(fake.errors.text == "applying topics: 1 of 3\nvalidating topics\n")
    }

    @Test func silenceIsSilent() {
        let fake = FakeShell(terminal: true)
        let line = ProgressLine(fake.shell, mode: .silent)
        line.show("reading topics")
        line.clear()
        #expect(fake.errors.text.isEmpty)
    }
}
