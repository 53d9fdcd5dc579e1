import Bytes
import Testing

@testable import KafkaSimulator

@Suite("Avro's rules for reading old data with a new schema")
struct AvroCompatibilityTests {
    private func schema(_ text: String) throws -> AvroSchema { try AvroSchema(try OrderedJSON(parsing: Array(text.utf8))) }

    private func kinds(_ reader: String, _ writer: String) throws -> [AvroIncompatibility.Kind] {
        AvroCompatibility.check(reader: try schema(reader), writer: try schema(writer), wording: .karapace).map(\.kind)
    }

    private func record(_ fields: String, name: String = "A") -> String { #"{"type":"record","name":"\#(name)","fields":[\#(fields)]}"# }

    @Test(
        "promotions",
        arguments: [
            ("long", "int"), ("float", "int"), ("double", "int"), ("double", "long"), ("double", "float"), ("string", "bytes"),
            ("bytes", "string"),
        ])
    func promotions(reader: String, writer: String) throws {
        #expect(try kinds("\"\(reader)\"", "\"\(writer)\"") == [])
    }

    @Test("no promotions", arguments: [("int", "long"), ("float", "double"), ("int", "string"), ("boolean", "int"), ("null", "int")])
    func mismatches(reader: String, writer: String) throws {
        #expect(try kinds("\"\(reader)\"", "\"\(writer)\"") == [.typeMismatch])
    }

    @Test("a new field needs a default, a field may go, an alias finds the old name")
    func fields() throws {
        let x = #"{"name":"x","type":"int"}"#
        #expect(try kinds(record(x + #",{"name":"y","type":"int","default":1}"#), record(x)) == [])
        #expect(try kinds(record(x + #",{"name":"y","type":"int"}"#), record(x)) == [.missingDefault])
        #expect(try kinds(record(""), record(x)) == [])
        #expect(try kinds(record(#"{"name":"z","aliases":["x"],"type":"int"}"#), record(x)) == [])
    }

    @Test("another name is told, an alias excuses it")
    func names() throws {
        #expect(try kinds(record("", name: "B"), record("", name: "A")) == [.nameMismatch])
        #expect(try kinds(#"{"type":"record","name":"B","aliases":["A"],"fields":[]}"#, record("", name: "A")) == [])
        #expect(try kinds(record("", name: "n.A"), record("", name: "m.A")) == [])
    }

    @Test("unions: a branch may come and none may go")
    func unions() throws {
        #expect(try kinds(#"["null","int"]"#, "\"int\"") == [])
        #expect(try kinds(#"["null","int"]"#, #"["null"]"#) == [])
        #expect(try kinds(#"["null"]"#, #"["null","int"]"#) == [.missingUnionBranch])
        #expect(try kinds("\"int\"", #"["int","string"]"#) == [.typeMismatch])
    }

    @Test("enums and fixed sizes")
    func others() throws {
        func symbols(_ list: String, _ more: String = "") -> String { #"{"type":"enum","name":"E","symbols":[\#(list)]\#(more)}"# }
        #expect(try kinds(symbols(#""a","b""#), symbols(#""a""#)) == [])
        #expect(try kinds(symbols(#""a""#), symbols(#""a","b""#)) == [.missingEnumSymbols])
        #expect(try kinds(symbols(#""a""#, #","default":"a""#), symbols(#""a","b""#)) == [])
        #expect(
            try kinds(#"{"type":"fixed","name":"F","size":4}"#, #"{"type":"fixed","name":"F","size":5}"#) == [.fixedSizeMismatch])
    }

    @Test("a record within itself comes to an end")
    func recursion() throws {
        let list = record(#"{"name":"next","type":["null","A"]},{"name":"x","type":"int"}"#)
        let other = record(#"{"name":"next","type":["null","A"]},{"name":"x","type":"string"}"#)
        #expect(try kinds(list, list) == [])
        #expect(try kinds(list, other) == [.typeMismatch])
    }

    @Test(
        "what is no Avro schema is refused",
        arguments: [
            "\"strng\"", "{}", "[[\"int\"]]", #"["int","int"]"#, #"{"type":"array"}"#, #"{"type":"record","name":"A"}"#,
            #"{"type":"record","name":"1A","fields":[]}"#, #"{"type":"record","name":"A","fields":[{"name":"x"}]}"#,
            #"{"type":"record","name":"A","fields":[{"name":"x","type":"int"},{"name":"x","type":"int"}]}"#,
            #"{"type":"fixed","name":"F"}"#, #"{"type":"enum","name":"E"}"#, "null", "1",
        ])
    func refuses(text: String) {
        #expect(throws: AvroSchemaError.self) { try schema(text) }
    }

    @Test("each level looks where it must")
    func levels() throws {
        func stored(_ fields: String) -> StoredSchema { StoredSchema(type: .avro, text: ByteString(record(fields))) }
        let old = stored(#"{"name":"x","type":"int"}"#)
        let wider = stored(#"{"name":"x","type":"int"},{"name":"y","type":"int"}"#)
        let reading = SchemaReading(style: .asWritten) { _ in nil }
        func passes(_ level: RegistryLevel, _ new: StoredSchema, _ old: StoredSchema) -> Bool {
            level.check(new, after: old, reading: reading, wording: .karapace).isEmpty
        }
        #expect(!passes(.backward, wider, old))
        #expect(passes(.forward, wider, old))
        #expect(!passes(.full, wider, old))
        #expect(passes(.none, wider, old))
        #expect(passes(.backward, old, wider))
        #expect(!passes(.forward, old, wider))
    }
}
