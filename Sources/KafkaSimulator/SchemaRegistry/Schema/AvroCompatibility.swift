/// One reason why a reader's schema cannot read what a writer's schema wrote (Avro specification, "Schema Resolution").
struct AvroIncompatibility: Equatable {
    enum Kind: String {
        case typeMismatch = "TYPE_MISMATCH"
        case nameMismatch = "NAME_MISMATCH"
        case fixedSizeMismatch = "FIXED_SIZE_MISMATCH"
        case missingEnumSymbols = "MISSING_ENUM_SYMBOLS"
        case missingUnionBranch = "MISSING_UNION_BRANCH"
        case missingDefault = "READER_FIELD_MISSING_DEFAULT_VALUE"
    }

    var kind: Kind
    /// Where in the reader's schema, as a JSON pointer: `/fields/0/type`.
    var path: String
    /// In the words of Avro's own library, or of Karapace's.
    var detail: String
}

/// How an incompatibility is put into words.
enum AvroWording {
    /// Avro's own library for Java.
    case java
    /// Karapace's, modelled after it.
    case karapace

    func kind(_ name: String) -> String { self == .java ? name.uppercased() : name }
    var lackingBranch: String { self == .java ? "reader union lacking writer type: " : "reader union lacking writer type " }
}

/// Reads with one schema what another wrote.
struct AvroCompatibility {
    private let reader: AvroSchema
    private let writer: AvroSchema
    private let wording: AvroWording
    private var visited: Set<String> = []
    private var found: [AvroIncompatibility] = []

    /// What stands between `reader` and data of `writer`; empty where it can be read.
    static func check(reader: AvroSchema, writer: AvroSchema, wording: AvroWording) -> [AvroIncompatibility] {
        var check = AvroCompatibility(reader: reader, writer: writer, wording: wording)
        check.compare(reader.root, writer.root, path: "")
        return check.found
    }

    private init(reader: AvroSchema, writer: AvroSchema, wording: AvroWording) {
        self.reader = reader
        self.writer = writer
        self.wording = wording
    }

    private mutating func compare(_ read: AvroSchema.Shape, _ written: AvroSchema.Shape, path: String) {
        switch (read, written) {
        case (_, .union(let branches)):
            if case .union = read, read == written, reader.definitions == writer.definitions { return }
            for branch in branches { compare(read, branch, path: path) }
        case (.union(let branches), _):
            guard !branches.contains(where: { accepts($0, written) }) else { return }
            report(.missingUnionBranch, path, wording.lackingBranch + wording.kind(writer.kind(of: written)))
        case (.array(let read), .array(let written)): compare(read, written, path: path + "/items")
        case (.map(let read), .map(let written)): compare(read, written, path: path + "/values")
        case (.named(let read), .named(let written)): compare(read, written, path: path)
        case (.primitive(let read), .primitive(let written)) where read == written || Self.promotes(written, to: read): return
        default:
            let (read, written) = (wording.kind(reader.kind(of: read)), wording.kind(writer.kind(of: written)))
            // The path of a mismatch at the root is written as "/", as Avro's library does.
            report(.typeMismatch, path.isEmpty ? "/" : path, "reader type: \(read) not compatible with writer type: \(written)")
        }
    }

    private mutating func compare(_ readName: String, _ writtenName: String, path: String) {
        guard visited.insert("\(readName)\u{0}\(writtenName)").inserted,
            let read = reader.definitions[readName], let written = writer.definitions[writtenName]
        else { return }
        guard read.kind == written.kind else {
            return report(
                .typeMismatch, path.isEmpty ? "/" : path,
                "reader type: \(wording.kind(read.kind)) not compatible with writer type: \(wording.kind(written.kind))")
        }
        if Self.simple(read.fullName) != Self.simple(written.fullName), !read.aliases.contains(written.fullName) {
            report(.nameMismatch, path + "/name", "expected: \(written.fullName)")
        }
        switch (read.body, written.body) {
        case (.record(let fields), .record(let old)): compare(fields, old, path: path)
        case (.enumeration(let symbols, let fallback), .enumeration(let old, _)):
            let missing = old.filter { !symbols.contains($0) }
            if !missing.isEmpty, fallback == nil {
                report(.missingEnumSymbols, path + "/symbols", "[\(missing.joined(separator: ", "))]")
            }
        case (.fixed(let size), .fixed(let old)) where size != old:
            report(.fixedSizeMismatch, path + "/size", "expected: \(old), found: \(size)")
        default: return
        }
    }

    private mutating func compare(_ fields: [AvroSchema.Field], _ old: [AvroSchema.Field], path: String) {
        for (index, field) in fields.enumerated() {
            let written = old.first { $0.name == field.name } ?? old.first { field.aliases.contains($0.name) }
            if let written {
                compare(field.shape, written.shape, path: "\(path)/fields/\(index)/type")
            } else if !field.hasDefault {
                report(.missingDefault, "\(path)/fields/\(index)", field.name)
            }
        }
    }

    /// Whether one branch of a reader's union reads `written`, without a report.
    private func accepts(_ branch: AvroSchema.Shape, _ written: AvroSchema.Shape) -> Bool {
        var attempt = self
        attempt.found = []
        attempt.compare(branch, written, path: "")
        return attempt.found.isEmpty
    }

    private mutating func report(_ kind: AvroIncompatibility.Kind, _ path: String, _ detail: String) {
        found.append(AvroIncompatibility(kind: kind, path: path, detail: detail))
    }

    private static func simple(_ fullName: String) -> Substring { fullName.split(separator: ".").last ?? "" }

    private static func promotes(_ written: String, to read: String) -> Bool {
        switch written {
        case "int": ["long", "float", "double"].contains(read)
        case "long": ["float", "double"].contains(read)
        case "float": read == "double"
        case "string": read == "bytes"
        case "bytes": read == "string"
        default: false
        }
    }
}
