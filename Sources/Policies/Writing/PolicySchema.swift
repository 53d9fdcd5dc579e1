import Bytes
public import SnapshotModel

/// What is generated from the listing of a policy's keys.
public enum PolicySchema {
    /// JSON Schema, draft 2020-12, of a policy.
    public static var json: JSON {
        guard case .object(var members) = SchemaWriter.schema(of: Policy.self).schema else { return .null }
        members["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        members["title"] = "A policy of Tidemark"
        members["$defs"] = .object(
            Dictionary(
                uniqueKeysWithValues: records.dropFirst().map { type in (ByteString(SchemaWriter.name(type)), schema(type)) }))
        return .object(members)
    }

    /// The schema as a text with a line for each member.
    public static var text: String { IndentedJSON.text(json) + "\n" }

    /// Every key with its type, default and sentence, in Markdown.
    public static var reference: String { records.map { type in section(type) }.joined(separator: "\n") }

    private static func schema(_ type: any PolicyRecord.Type) -> JSON { SchemaWriter.schema(of: type).schema }
    private static func inner(_ type: any PolicyRecord.Type) -> [any PolicyRecord.Type] { SchemaWriter.schema(of: type).records }
    private static func section(_ type: any PolicyRecord.Type) -> String { ReferenceWriter.section(of: type) }

    /// Every record, each before those that stand in it.
    static var records: [any PolicyRecord.Type] {
        var records: [any PolicyRecord.Type] = [Policy.self]
        var next = 0
        while next < records.count {
            for inner in inner(records[next]) where !records.contains(where: { $0 == inner }) {
                records.append(inner)
            }
            next += 1
        }
        return records
    }
}
