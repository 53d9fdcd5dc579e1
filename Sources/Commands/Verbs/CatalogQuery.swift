import ArgumentParser
import Bytes
import Catalog
import SnapshotModel

struct CatalogQuery: Verb {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Asks the catalog a question in SQL; nothing can be changed.",
        discussion: "The views:\n"
            + CatalogView.all.map { "  \($0.name): \($0.purpose)\n    \($0.columns.map(\.name).joined(separator: ", "))" }
            .joined(separator: "\n"))

    @Argument(help: ArgumentHelp("One SELECT.", valueName: "sql"))
    var sql: String
    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        let table = try await Catalog.openReadOnly(try catalog.path(desk.shell)).query(sql)
        if table.isCut { desk.warn("only the first \(Units.count(table.rows.count, "row")) are shown") }
        desk.answer(
            "query",
            [
                "columns": .array(table.columns.map { .text($0) }), "rows": .array(table.rows.map { .array($0.map(\.json)) }),
                "cut": .bool(table.isCut),
            ]
        ) { style in
            var text = Table(table.columns.map { Table.Column($0) })
            for row in table.rows { text.add(row.map { Table.Cell($0.text) }) }
            return text.render(style)
        }
        return .success
    }
}

extension CatalogValue {
    /// Blobs as hexadecimal text.
    var json: JSON {
        switch self {
        case .null: .null
        case .integer(let value): .count64(value)
        case .real(let value): .number(value)
        case .text(let value): .text(value)
        case .blob(let bytes): .text(bytes.hex)
        }
    }

    var text: String {
        switch self {
        case .null: "-"
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .text(let value): value
        case .blob(let bytes): bytes.hex
        }
    }
}
