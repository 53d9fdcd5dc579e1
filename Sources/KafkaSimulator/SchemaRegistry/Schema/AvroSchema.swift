import Bytes

/// An Avro schema (Apache Avro 1.11 specification) as far as compatibility looks at it: shapes and names, without
/// documentation, logical types and other properties.
struct AvroSchema: Equatable {
    indirect enum Shape: Equatable {
        case primitive(String)
        case array(Shape)
        case map(Shape)
        case union([Shape])
        /// A record, enum or fixed by its full name; what it is stands in `definitions`.
        case named(String)
    }

    struct Definition: Equatable {
        enum Body: Equatable {
            case record([Field])
            case enumeration(symbols: [String], fallback: String?)
            case fixed(size: Int)
        }

        var fullName: String
        var aliases: [String]
        var body: Body

        var kind: String {
            switch body {
            case .record: "record"
            case .enumeration: "enum"
            case .fixed: "fixed"
            }
        }
    }

    struct Field: Equatable {
        var name: String
        var aliases: [String]
        var shape: Shape
        var hasDefault: Bool
    }

    static let primitives: Set<String> = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]

    var root: Shape
    var definitions: [String: Definition]

    /// The word that messages use for a shape: `int`, `record`, `union` …
    func kind(of shape: Shape) -> String {
        switch shape {
        case .primitive(let name): name
        case .array: "array"
        case .map: "map"
        case .union: "union"
        case .named(let name): definitions[name]?.kind ?? name
        }
    }
}

/// Why a text is not an Avro schema.
struct AvroSchemaError: Error, Equatable {
    var reason: String
}

extension AvroSchema {
    /// Reads a schema; `known` are the definitions of the schemas that it refers to.
    init(_ document: OrderedJSON, known: [String: Definition] = [:]) throws(AvroSchemaError) {
        var reader = AvroSchemaReader(definitions: known)
        root = try reader.shape(document, namespace: nil)
        definitions = reader.definitions
    }
}

private struct AvroSchemaReader {
    var definitions: [String: AvroSchema.Definition]

    mutating func shape(_ document: OrderedJSON, namespace: String?) throws(AvroSchemaError) -> AvroSchema.Shape {
        switch document {
        case .text(let name):
            return try shape(named: name.description, namespace: namespace)
        case .array(let branches):
            var shapes: [AvroSchema.Shape] = []
            for branch in branches {
                let shape = try shape(branch, namespace: namespace)
                if case .union = shape { throw AvroSchemaError(reason: "Nested union: \(document.compact())") }
                guard !shapes.contains(where: { same($0, shape) }) else {
                    throw AvroSchemaError(reason: "Duplicate in union: \(branch.compact())")
                }
                shapes.append(shape)
            }
            return .union(shapes)
        case .object:
            return try complex(document, namespace: namespace)
        case .null, .flag, .number:
            throw AvroSchemaError(reason: "Schema not yet supported: \(document.compact())")
        }
    }

    private func shape(named name: String, namespace: String?) throws(AvroSchemaError) -> AvroSchema.Shape {
        if AvroSchema.primitives.contains(name) { return .primitive(name) }
        for candidate in [Self.fullName(name, namespace), name] where definitions[candidate] != nil { return .named(candidate) }
        throw AvroSchemaError(reason: "Undefined schema: \(Self.fullName(name, namespace))")
    }

    private mutating func complex(_ document: OrderedJSON, namespace: String?) throws(AvroSchemaError) -> AvroSchema.Shape {
        guard let type = document["type"] else { throw AvroSchemaError(reason: "No type: \(document.compact())") }
        guard let word = type.asText?.description else { return try shape(type, namespace: namespace) }
        switch word {
        case "array":
            guard let items = document["items"] else { throw AvroSchemaError(reason: "Array has no items type: \(document.compact())") }
            return .array(try shape(items, namespace: namespace))
        case "map":
            guard let values = document["values"] else { throw AvroSchemaError(reason: "Map has no values type: \(document.compact())") }
            return .map(try shape(values, namespace: namespace))
        case "record", "error", "enum", "fixed":
            return try definition(document, word: word, namespace: namespace)
        default:
            return try shape(named: word, namespace: namespace)
        }
    }

    private mutating func definition(
        _ document: OrderedJSON, word: String, namespace: String?
    ) throws(AvroSchemaError) -> AvroSchema.Shape {
        guard let name = document["name"]?.asText?.description else {
            throw AvroSchemaError(reason: "No name in schema: \(document.compact())")
        }
        let fullName = Self.fullName(name, document["namespace"]?.asText?.description ?? namespace)
        for part in fullName.split(separator: ".", omittingEmptySubsequences: false) {
            guard Self.isName(part) else { throw AvroSchemaError(reason: "Illegal initial character: \(fullName)") }
        }
        guard definitions[fullName] == nil else { throw AvroSchemaError(reason: "Can't redefine: \(fullName)") }
        let inner = fullName.contains(".") ? String(fullName[..<(fullName.lastIndex(of: ".") ?? fullName.endIndex)]) : nil
        let aliases = (document["aliases"]?.asArray ?? []).compactMap { $0.asText.map { Self.fullName($0.description, inner) } }

        let body: AvroSchema.Definition.Body
        switch word {
        case "enum":
            guard let symbols = document["symbols"]?.asArray else {
                throw AvroSchemaError(reason: "Enum has no symbols: \(document.compact())")
            }
            body = .enumeration(
                symbols: symbols.compactMap { $0.asText?.description }, fallback: document["default"]?.asText?.description)
        case "fixed":
            guard let size = document["size"]?.asInteger, size >= 0 else {
                throw AvroSchemaError(reason: "Invalid or no size: \(document.compact())")
            }
            body = .fixed(size: size)
        default:
            guard let fields = document["fields"]?.asArray else {
                throw AvroSchemaError(reason: "Record has no fields: \(document.compact())")
            }
            // The name is known inside its own fields: records may be recursive.
            definitions[fullName] = AvroSchema.Definition(fullName: fullName, aliases: aliases, body: .record([]))
            body = .record(try self.fields(fields, namespace: inner))
        }
        definitions[fullName] = AvroSchema.Definition(fullName: fullName, aliases: aliases, body: body)
        return .named(fullName)
    }

    private mutating func fields(_ documents: [OrderedJSON], namespace: String?) throws(AvroSchemaError) -> [AvroSchema.Field] {
        var fields: [AvroSchema.Field] = []
        for document in documents {
            guard let name = document["name"]?.asText?.description, Self.isName(name[...]) else {
                throw AvroSchemaError(reason: "No field name: \(document.compact())")
            }
            guard let type = document["type"] else { throw AvroSchemaError(reason: "No field type: \(document.compact())") }
            guard !fields.contains(where: { $0.name == name }) else {
                throw AvroSchemaError(reason: "Duplicate field \(name) in record")
            }
            let aliases = (document["aliases"]?.asArray ?? []).compactMap { $0.asText?.description }
            fields.append(
                AvroSchema.Field(
                    name: name, aliases: aliases, shape: try shape(type, namespace: namespace), hasDefault: document["default"] != nil))
        }
        return fields
    }

    private func same(_ left: AvroSchema.Shape, _ right: AvroSchema.Shape) -> Bool {
        switch (left, right) {
        case (.array, .array), (.map, .map): true
        default: left == right
        }
    }

    private static func fullName(_ name: String, _ namespace: String?) -> String {
        guard !name.contains("."), let namespace, !namespace.isEmpty else { return name }
        return "\(namespace).\(name)"
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.unicodeScalars.first, first.properties.isAlphabetic || first == "_" else { return false }
        return name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_" }
    }
}
