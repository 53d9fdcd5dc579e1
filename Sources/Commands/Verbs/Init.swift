import ArgumentParser
import Compression
import Repository

struct Init: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Makes a repository.",
        discussion: "The directory must not exist yet, or be empty. What is in it is never overwritten.")

    @OptionGroup var repository: RepositoryOptions
    @Option(help: ArgumentHelp("How objects are compressed: zstd or gzip.", valueName: "name"))
    var codec = CodecChoice.zstd
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    enum CodecChoice: String, ExpressibleByArgument, CaseIterable {
        case zstd, gzip

        var codec: Codec { self == .zstd ? .zstd : .gzip }
    }

    func perform(_ desk: Desk) async throws -> ExitCode {
        let protected = try policy.chosen()
        let storage = try repository.storage(desk.shell, protected)
        let made = try await Repository.initialize(storage, codec: codec.codec, time: desk.shell.time, chance: desk.shell.chance)
        desk.answer(
            "init",
            [
                "repository": .text(made.format.idText), "location": .text(storage.name), "codec": .text(codec.rawValue),
                "formatVersion": .integer(made.format.version),
            ]
        ) { _ in
            "Repository \(made.format.idText) is ready at \(Printable.escape(storage.name)).\n"
        }
        return .success
    }
}
