import Foundation
import SnapshotModel
import Testing

@testable import Commands

@Suite struct UsageTests {
    @Test func helpListsEveryCommand() async {
        let fake = FakeShell()
        #expect(await fake.run("--help") == .success)
        for verb in [
            "init", "backup", "snapshots", "show", "diff", "check", "plan", "restore", "health", "policy", "catalog", "demo", "simulator",
            "version",
        ] {
            #expect(fake.output.text.contains("\n  \(verb) "), "\(verb)")
        }
        #expect(fake.errors.text.isEmpty)
    }

    @Test(arguments: Tidemark.verbs)
    func everyCommandExplainsItself(_ verb: String) async {
        let fake = FakeShell()
        #expect(await fake.run(verb, "--help") == .success)
        #expect(fake.output.text.hasPrefix("OVERVIEW: "))
        #expect(fake.output.text.contains("USAGE: tidemark \(verb)"))
    }

    @Test func noOptionTakesASecretAsAnArgument() async {
        for verb in Tidemark.verbs {
            let fake = FakeShell()
            _ = await fake.run(verb, "--help")
            for word in ["--password", "--token", "--secret", "--key "] { #expect(!fake.output.text.contains(word), "\(verb) \(word)") }
        }
    }

    @Test(
        arguments: [
            (["bakcup"], "did you mean `tidemark backup`"), (["backup", "--rpeo", "x"], "--help"), (["diff"], "--help"),
            (["show", "--id", "x", "--repo", "r"], "--help"), (["restore", "--replication-factor", "0"], "--help"),
            (["restore", "--offsets", "sometimes"], "--help"), (["simulator", "--brokers", "0"], "--help"),
            (["health", "--marker-file", "f"], "--help"), (["backup", "--verbose", "--quiet"], "--help"),
            (["restore", "--stage", "preflight"], "--help"), (["health", "--liveness", "--readiness"], "--help"),
        ] as [([String], String)])
    func aTypoIsAUsageErrorWithAHint(_ arguments: [String], _ hint: String) async {
        let fake = FakeShell()
        #expect(await fake.run(arguments) == .usage)
        #expect(fake.errors.text.hasPrefix("error: "))
        #expect(fake.errors.text.contains("\nhint: ") && fake.errors.text.contains(hint))
        #expect(fake.output.text.isEmpty)
    }

    @Test(
        arguments: [
            (["backup"], "no repository is named"), (["backup", "--repo", "s3://bucket"], "beyond this release"),
            (["restore", "--repo", "r", "--rename", "a"], "--rename a"), (["plan", "--repo", "r", "--rename", "a*=b"], "--rename a*=b"),
            (["plan", "--repo", "r", "--broker-map", "1=x"], "--broker-map"),
            (["plan", "--repo", "r", "--broker-map", "1=2,1=3"], "--broker-map"),
            (["backup", "--repo", "r", "--only", "topic:x"], "no kind named 'topic'"),
        ] as [([String], String)])
    func whatCannotBeUnderstoodIsNamed(_ arguments: [String], _ named: String) async {
        let fake = FakeShell()
        #expect(await fake.run(arguments) == .usage)
        #expect(fake.errors.text.contains(named), "\(fake.errors.text)")
        #expect(fake.errors.text.contains("\nhint: "))
    }

    @Test func anErrorIsAnObjectWhereJSONIsAskedFor() async throws {
        let fake = FakeShell()
        #expect(await fake.run("snapshots", "--json") == .usage)
        let json = try JSON.parse(Array(fake.output.text.utf8.dropLast()))
        #expect(json["schema"]?.text == "tidemark.error/1")
        #expect(json["exitCode"]?.int64 == 64)
        #expect(json["hint"]?.text?.isEmpty == false)
    }

    @Test func completionScriptsComeForEachShell() async {
        for shell in ["bash", "zsh", "fish"] {
            let fake = FakeShell()
            #expect(await fake.run("--generate-completion-script", shell) == .success)
            #expect(fake.output.text.contains("snapshots"))
        }
    }

    @Test func theVersionIsSaidInBothForms() async throws {
        let fake = FakeShell()
        #expect(await fake.run("version", "--json") == .success)
        #expect(try JSON.parse(Array(fake.output.text.utf8.dropLast()))["version"]?.text?.description == Release.version)
        let other = FakeShell()
        #expect(await other.run("--version") == .success)
        #expect(other.output.text == "tidemark \(Release.version)\n")
    }
}
