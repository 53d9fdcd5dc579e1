import SnapshotModel

/// Describes one record as a table in Markdown.
struct ReferenceWriter: KeyVisitor {
    private var rows: [String] = []
    private var remarks: [String] = []

    static func section<Record: PolicyRecord>(of type: Record.Type) -> String {
        var writer = ReferenceWriter()
        var blank = type.init()
        blank.list(&writer)
        let text = """
            ## \(type.title)

            \(type.summary)

            | key | what | else | meaning |
            |---|---|---|---|
            \(writer.rows.joined(separator: "\n"))

            """
        return writer.remarks.isEmpty ? text : text + "\n" + writer.remarks.joined(separator: "\n") + "\n"
    }

    mutating func key<Value>(_ name: String, _ value: inout Value, _ term: Term<Value>, _ doc: String) {
        add(name, term, doc, DefaultValue.of(value, term).map { "`\(Self.plain($0))`" } ?? "–")
    }

    mutating func optional<Value>(_ name: String, _ value: inout Value?, _ term: Term<Value>, _ doc: String) {
        add(name, term, doc, value.flatMap { DefaultValue.of($0, term) }.map { "`\(Self.plain($0))`" } ?? "–")
    }

    mutating func required<Value>(_ name: String, _ value: inout Value, _ term: Term<Value>, _ doc: String) {
        add(name, term, doc, "**required**")
    }

    private static func plain(_ json: JSON) -> String {
        if case .text(let text) = json { return text.description }
        if case .array(let items) = json { return "[\(items.map(plain).joined(separator: ", "))]" }
        return String(decoding: json.canonicalBytes, as: UTF8.self)
    }

    private mutating func add<Value>(_ name: String, _ term: Term<Value>, _ doc: String, _ initial: String) {
        rows.append("| `\(name)` | \(term.words) | \(initial) | \(doc.replacing("|", with: "\\|")) |")
    }

    mutating func oneOf(_ names: [String], isRequired: Bool) {
        let list = names.map { "`\($0)`" }.joined(separator: ", ")
        remarks.append(isRequired ? "Exactly one of \(list) is given." : "At most one of \(list) is given.")
    }

    mutating func demand(_ name: String, _ problem: @autoclosure () -> Remark?) {}
}
