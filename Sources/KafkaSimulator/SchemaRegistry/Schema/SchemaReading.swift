import Bytes

/// Why a text is refused, in the words that the registry puts behind "details:".
struct SchemaReadingError: Error, Equatable {
    var reason: String
}

/// Finds the schema that a reference points to, or nil.
typealias SchemaResolver = (StoredReference) -> StoredSchema?

/// Checks schema texts and brings them into the form in which a registry keeps them.
struct SchemaReading {
    /// How the registry writes JSON texts.
    let style: OrderedJSON.Style
    let resolve: SchemaResolver

    /// The schema with its text as kept. Throws where the text or a reference is broken.
    func canonical(_ schema: StoredSchema) throws(SchemaReadingError) -> StoredSchema {
        for reference in schema.references where resolve(reference) == nil {
            throw SchemaReadingError(
                reason: "No schema reference found for subject \"\(reference.subject)\" and version \(reference.version)")
        }
        var canonical = schema
        switch schema.type {
        case .avro:
            _ = try avro(schema)
            canonical.text = try document(schema.text).compact(style)
        case .json: canonical.text = try document(schema.text).compact(style)
        case .protobuf: try checkProtobuf(schema.text)
        }
        return canonical
    }

    /// The Avro schema of `schema`, with the definitions of all that it refers to.
    func avro(_ schema: StoredSchema) throws(SchemaReadingError) -> AvroSchema {
        try avro(schema, depth: 0)
    }

    private func avro(_ schema: StoredSchema, depth: Int) throws(SchemaReadingError) -> AvroSchema {
        guard depth < 64 else { throw SchemaReadingError(reason: "References are nested too deep") }
        var known: [String: AvroSchema.Definition] = [:]
        for reference in schema.references {
            guard let target = resolve(reference) else { continue }
            known.merge(try avro(target, depth: depth + 1).definitions) { first, _ in first }
        }
        do {
            return try AvroSchema(try document(schema.text), known: known)
        } catch let error as AvroSchemaError {
            throw SchemaReadingError(reason: error.reason)
        } catch let error as SchemaReadingError {
            throw error
        } catch {
            throw SchemaReadingError(reason: "\(error)")
        }
    }

    private func document(_ text: ByteString) throws(SchemaReadingError) -> OrderedJSON {
        do {
            return try OrderedJSON(parsing: text.bytes)
        } catch {
            throw SchemaReadingError(
                reason: "com.fasterxml.jackson.core.JsonParseException: \(error.reason)\n at [Source: REDACTED "
                    + "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: \(error.line), column: \(error.column)]")
        }
    }

    /// Only that braces pair and that the file begins like one: the texts are kept as they came.
    private func checkProtobuf(_ text: ByteString) throws(SchemaReadingError) {
        let words = ["syntax", "edition", "package", "import", "option", "message", "enum", "service", "extend", "//", "/*"]
        let trimmed = text.bytes.drop { $0 <= 0x20 }
        guard words.contains(where: { trimmed.starts(with: $0.utf8) }) else {
            throw SchemaReadingError(reason: "Could not parse Protobuf - unexpected label")
        }
        var depth = 0
        for byte in text.bytes {
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") { depth -= 1 }
            guard depth >= 0 else { break }
        }
        guard depth == 0 else { throw SchemaReadingError(reason: "Could not parse Protobuf - braces do not pair") }
    }
}
