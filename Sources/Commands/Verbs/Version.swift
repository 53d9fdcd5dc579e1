import ArgumentParser
import KafkaProtocol
import SnapshotModel

struct Version: Verb {
    static let configuration = CommandConfiguration(abstract: "Says which version this is, and what it speaks.")

    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.answer(
            "version",
            [
                "name": .text(Release.name), "version": .text(Release.version), "snapshotFormat": .integer(Manifest.currentFormat),
                "kafkaCalls": .integer(Messages.byKey.count),
            ]
        ) { _ in
            "\(Release.name) \(Release.version)\nsnapshot format \(Manifest.currentFormat), \(Messages.byKey.count) calls of Kafka's protocol\n"
        }
        return .success
    }
}
