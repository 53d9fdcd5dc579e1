import ArgumentParser
import Catalog
import Foundation

/// `--catalog`, `TIDEMARK_CATALOG`, or the user's cache.
struct CatalogOptions: ParsableArguments {
    static let variable = "TIDEMARK_CATALOG"

    @Option(
        name: .customLong("catalog"),
        help: ArgumentHelp("The catalog's file; else \(Self.variable), else one in the user's cache.", valueName: "file"),
        completion: .file(extensions: ["sqlite"]))
    var file: String?

    func path(_ shell: Shell) throws(UsageError) -> String {
        if let path = file ?? shell.variable(Self.variable) { return path }
        guard let cache = shell.variable("XDG_CACHE_HOME") ?? shell.variable("HOME").map({ "\($0)/.cache" }) else {
            throw UsageError("neither HOME nor XDG_CACHE_HOME says where the catalog is", hint: "give --catalog, or set \(Self.variable).")
        }
        return "\(cache)/tidemark/catalog.sqlite"
    }

    /// The path, in a folder that is there: made for its owner only where it was not.
    func preparedPath(_ shell: Shell) throws -> String {
        let path = try path(shell)
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw CatalogError(
                    code: .unusable, message: "the catalog's folder '\(folder)' cannot be made",
                    hint: "give --catalog in a folder that can be written.")
            }
        }
        return path
    }
}
