import ArgumentParser
import Bytes
import Foundation
import SnapshotModel

struct Demo: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Shows it all on an embedded cluster: filled, backed up, lost, restored, compared.",
        discussion: "Needs no Kafka and no network: brokers and schema registry are simulated inside the program, on 127.0.0.1.")

    @Option(
        name: .customLong("repo"),
        help: ArgumentHelp("Keeps the demo's repository in this directory, which must not exist.", valueName: "directory"),
        completion: .directory)
    var directory: String?
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("the demo was not finished; its cluster is gone with it")
        let place = directory ?? "\(desk.shell.variable("TMPDIR") ?? "/tmp")/tidemark-demo-\(desk.shell.chance.bytes(6).hex)"
        if !desk.options.json { desk.shell.say("A small company's Kafka, lost and found again:\n") }
        let outcome: DemoRun.Outcome
        do {
            outcome = try await DemoRun(desk: desk, directory: place).run()
        } catch {
            if directory == nil { try? FileManager.default.removeItem(atPath: place) }
            throw error
        }
        if directory == nil { try? FileManager.default.removeItem(atPath: place) }
        desk.answer(
            "demo",
            [
                "proved": .bool(outcome.isProved), "differences": .integer(outcome.differences),
                "caveats": .array(outcome.caveats.map { .text($0) }), "backup": outcome.backup?.json ?? .null,
                "run": outcome.run?.json ?? .null,
                "acts": .array(
                    outcome.acts.map {
                        .object([
                            "title": .text($0.title), "detail": .text($0.detail), "milliseconds": .integer($0.duration.wholeMilliseconds),
                        ])
                    }),
            ]
        ) { DemoText.verdict(outcome, directory: place, isKept: directory != nil, $0) }
        return outcome.isProved ? .success : .validationFailed
    }
}
