import Bytes
import GRDB

/// What a query gave.
public struct CatalogTable: Sendable, Hashable {
    public let columns: [String]
    public let rows: [[CatalogValue]]
    /// Whether rows beyond the limit were left out.
    public let isCut: Bool
}

/// One value of a row.
public enum CatalogValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension Catalog {
    /// Asks one SQL question of the views; at most `limit` rows come back.
    /// - Throws: `CatalogError` (`badQuery`) where SQLite does not understand it, or it would change anything.
    public func query(_ sql: String, limit: Int = 100_000) async throws(CatalogError) -> CatalogTable {
        do {
            return try await database.read { db in
                let statement = try db.makeStatement(sql: sql)
                guard statement.isReadonly, !statement.columnNames.isEmpty else {
                    throw CatalogError(
                        code: .badQuery,
                        message: "the query would change something, or gives no rows: only questions are asked of a catalog",
                        hint: "Begin with SELECT; the views are \(CatalogView.all.map(\.name).joined(separator: ", ")).")
                }
                let columns = statement.columnNames
                var rows: [[CatalogValue]] = []
                var isCut = false
                let cursor = try Row.fetchCursor(statement)
                while let row = try cursor.next() {
                    if rows.count == limit {
                        isCut = true
                        break
                    }
                    rows.append(row.databaseValues.map { CatalogValue($0) })
                }
                return CatalogTable(columns: columns, rows: rows, isCut: isCut)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR || error.resultCode == .SQLITE_MISUSE {
            throw CatalogError(
                code: .badQuery, message: "SQLite does not accept the query: \(error.message ?? "\(error.resultCode)")",
                hint: "The views are \(CatalogView.all.map(\.name).joined(separator: ", ")); `SELECT * FROM snapshot_list` is a beginning.")
        } catch {
            throw CatalogError(error, path: path)
        }
    }
}

extension CatalogValue {
    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .blob(Array(data))
        }
    }
}
