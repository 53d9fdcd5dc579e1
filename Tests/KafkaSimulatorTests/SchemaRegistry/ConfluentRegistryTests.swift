import Bytes
import Seams
import Testing

@testable import KafkaSimulator

/// A registry that is spoken to line by line.
struct RegistryTalk {
    private var state: RegistryState

    init(_ flavour: RegistryFlavour) { state = RegistryState(flavour) }

    mutating func say(_ method: String, _ target: String, _ body: String = "") throws -> (status: Int, body: OrderedJSON) {
        let request = RegistryRequest(method: method, target: target, body: Array(body.utf8), at: Timestamp(milliseconds: 5))
        let answer = state.answer(request)
        return (answer.status, try OrderedJSON(parsing: answer.body.bytes))
    }

    /// Registers a primitive Avro type and gives its id, or the error's code, negative.
    mutating func register(_ type: String, _ subject: String, _ more: String = "") throws -> Int? {
        let answer = try say("POST", "/subjects/\(subject)/versions", #"{"schema":"\"\#(type)\""\#(more)}"#)
        return answer.body["id"]?.asInteger ?? answer.body["error_code"]?.asInteger.map { -$0 }
    }

    mutating func list(_ target: String) throws -> String { try say("GET", target).body.compact().description }
    mutating func set(_ target: String, _ body: String) throws -> Int { try say("PUT", target, body).status }
}

@Suite("Confluent's registry, beyond the recordings")
struct ConfluentRegistryTests {
    @Test("a second id for one text redirects the look-up of the first")
    func secondID() throws {
        var talk = RegistryTalk(.confluent)
        #expect(try talk.register("int", "a") == 1)
        #expect(try talk.set("/mode/b", #"{"mode":"IMPORT"}"#) == 200)
        #expect(try talk.register("int", "b", #","id":9,"version":1"#) == 9)
        #expect(try talk.list("/schemas/ids/1/versions") == #"[{"subject":"b","version":1}]"#)
        #expect(try talk.say("GET", "/schemas/ids/1").body["subject"] == "a")
    }

    @Test("IMPORT on an empty subject of a registry that holds others")
    func importsBesideOthers() throws {
        var talk = RegistryTalk(.confluent)
        _ = try talk.register("int", "a")
        #expect(try talk.set("/mode", #"{"mode":"IMPORT"}"#) == 422)
        #expect(try talk.set("/mode/b", #"{"mode":"IMPORT"}"#) == 200)
        #expect(try talk.register("long", "a") == 2)
    }

    @Test("going to IMPORT deletes for good what was only soft-deleted, in its scope alone")
    func importDeletes() throws {
        var talk = RegistryTalk(.confluent)
        _ = try talk.register("int", "a")
        _ = try talk.register("int", "b")
        _ = try talk.say("DELETE", "/subjects/a")
        _ = try talk.say("DELETE", "/subjects/b")
        #expect(try talk.set("/mode/a", #"{"mode":"IMPORT"}"#) == 200)
        #expect(try talk.list("/subjects?deleted=true") == #"["b"]"#)
    }

    @Test("in IMPORT the same version with another schema is silently overwritten, the same id is not")
    func overwrites() throws {
        var talk = RegistryTalk(.confluent)
        _ = try talk.set("/mode/a", #"{"mode":"IMPORT"}"#)
        #expect(try talk.register("int", "a", #","id":5,"version":1"#) == 5)
        #expect(try talk.register("long", "a", #","id":6,"version":1"#) == 6)
        #expect(try talk.say("GET", "/subjects/a/versions/1").body["id"] == 6)
        #expect(try talk.register("string", "a", #","id":6,"version":2"#) == -42205)
        #expect(try talk.register("string", "a") == -42205)
        #expect(try talk.say("GET", "/schemas/ids/5").status == 404)
    }

    @Test("in IMPORT a soft-deleted version comes back when it is registered again")
    func undeletes() throws {
        var talk = RegistryTalk(.confluent)
        _ = try talk.set("/mode/a", #"{"mode":"IMPORT"}"#)
        _ = try talk.register("int", "a", #","id":5,"version":3"#)
        _ = try talk.register("long", "a", #","id":6,"version":4"#)
        _ = try talk.say("DELETE", "/subjects/a/versions/3")
        #expect(try talk.list("/subjects/a/versions") == "[4]")
        #expect(try talk.register("int", "a", #","id":5,"version":3"#) == 5)
        #expect(try talk.list("/subjects/a/versions") == "[3,4]")
    }

    @Test("ids are counted per context, and a context's calls may stand behind its name")
    func contexts() throws {
        var talk = RegistryTalk(.confluent)
        #expect(try talk.register("int", "a") == 1)
        #expect(try talk.register("long", "%3A.c%3Aa") == 1)
        #expect(try talk.register("string", ":.c:b") == 2)
        #expect(try talk.list("/contexts") == #"[".",".c"]"#)
        #expect(try talk.list("/contexts/.c/subjects") == #"[":.c:a",":.c:b"]"#)
        #expect(try talk.list("/contexts/.c/subjects/a/versions") == "[1]")
        #expect(try talk.say("GET", "/schemas/ids/1?subject=:.c:a").body["schema"] == "\"long\"")
        #expect(try talk.say("GET", "/schemas/ids/1").body["schema"] == "\"int\"")
        #expect(try talk.set("/contexts/.c/mode", #"{"mode":"READONLY"}"#) == 200)
        #expect(try talk.register("bytes", ":.c:d") == -42205)
        #expect(try talk.register("bytes", "d") == 2)
        #expect(try talk.list("/schemas?latestOnly=true&subjectPrefix=:*:&limit=0") == "[]")
    }

    @Test("references: missing ones are refused, soft-deleted ones serve only who imports, and nothing referred to is deleted")
    func references() throws {
        var talk = RegistryTalk(.confluent)
        let schema = #""schema":"{\"type\":\"array\",\"items\":\"D\"}","references":[{"name":"D","subject":"d","version":1}]"#
        let refer = "{\(schema)}"
        let define = #"{"schema":"{\"type\":\"record\",\"name\":\"D\",\"fields\":[]}"}"#
        #expect(try talk.say("POST", "/subjects/r/versions", refer).body["error_code"] == 42201)
        _ = try talk.say("POST", "/subjects/d/versions", define)
        _ = try talk.say("DELETE", "/subjects/d")
        #expect(try talk.say("POST", "/subjects/r/versions", refer).body["error_code"] == 42201)
        _ = try talk.set("/mode/r", #"{"mode":"IMPORT"}"#)
        #expect(try talk.say("POST", "/subjects/r/versions", "{\(schema),\"id\":2}").status == 200)
        #expect(try talk.say("DELETE", "/subjects/d?permanent=true").body["error_code"] == 42206)
        #expect(try talk.list("/subjects/d/versions/1/referencedby") == "[2]")
        _ = try talk.say("DELETE", "/subjects/r")
        _ = try talk.say("DELETE", "/subjects/r?permanent=true")
        #expect(try talk.say("DELETE", "/subjects/d?permanent=true").status == 200)
    }

    @Test("a transitive level looks at all versions, another at the last")
    func transitive() throws {
        func body(_ fields: String) -> String { #"{"schema":"{\"type\":\"record\",\"name\":\"A\",\"fields\":[\#(fields)]}"}"# }
        let x = #"{\"name\":\"x\",\"type\":\"int\"}"#
        let long = #"{\"name\":\"x\",\"type\":\"long\"}"#
        var talk = RegistryTalk(.confluent)
        // x goes, and comes back without a default: the second version could not have written it, the first one did.
        _ = try talk.say("POST", "/subjects/a/versions", body(long))
        _ = try talk.say("POST", "/subjects/a/versions", body(""))
        #expect(try talk.say("POST", "/subjects/a/versions", body(x)).status == 409)
        let optional = #"{\"name\":\"x\",\"type\":\"int\",\"default\":0}"#
        _ = try talk.set("/config/a", #"{"compatibility":"BACKWARD_TRANSITIVE"}"#)
        #expect(try talk.say("POST", "/subjects/a/versions", body(optional)).status == 409)
        _ = try talk.set("/config/a", #"{"compatibility":"BACKWARD"}"#)
        #expect(try talk.say("POST", "/subjects/a/versions", body(optional)).status == 200)
    }

    @Test("a refusal changes nothing")
    func refusalChangesNothing() throws {
        var talk = RegistryTalk(.confluent)
        _ = try talk.register("int", "a")
        let before = try talk.list("/schemas?deleted=true")
        #expect(try talk.register("string", "a") == -40901)
        #expect(try talk.register("strng", "b") == -42201)
        #expect(try talk.set("/config/a", #"{"compatibility":"X","alias":"b"}"#) == 422)
        #expect(try talk.list("/schemas?deleted=true") == before)
        #expect(try talk.say("GET", "/config/a").status == 404)
        #expect(try talk.register("long", "b") == 2)
    }

    @Test("a setting keeps what a later one does not name, and null takes away")
    func merges() throws {
        var talk = RegistryTalk(.confluent)
        _ = try talk.set("/config/a", #"{"compatibility":"FULL","normalize":true,"alias":"b"}"#)
        _ = try talk.set("/config/a", #"{"compatibility":"NONE","alias":null}"#)
        #expect(try talk.list("/config/a") == #"{"normalize":true,"compatibilityLevel":"NONE"}"#)
    }

    @Test("a known path with another method is 405, another path 404")
    func routes() throws {
        var talk = RegistryTalk(.confluent)
        #expect(try talk.say("PATCH", "/subjects").status == 405)
        #expect(try talk.say("GET", "/nowhere").body["error_code"] == 404)
        #expect(try talk.say("POST", "/subjects/a/versions", "{").status == 400)
    }
}

@Suite("Karapace, beyond the recordings")
struct KarapaceRegistryTests {
    @Test("an id outlives the schema's last version")
    func keepsIDs() throws {
        var talk = RegistryTalk(.karapace)
        #expect(try talk.register("int", "a") == 1)
        _ = try talk.say("DELETE", "/subjects/a")
        _ = try talk.say("DELETE", "/subjects/a?permanent=true")
        #expect(try talk.say("GET", "/schemas/ids/1").status == 200)
        #expect(try talk.register("int", "a") == 1)
        #expect(try talk.list("/subjects/a/versions") == "[1]")
    }

    @Test("text is kept with its names sorted, in ASCII")
    func sorts() throws {
        var talk = RegistryTalk(.karapace)
        _ = try talk.say("POST", "/subjects/a/versions", #"{"schemaType":"JSON","schema":"{\"b\": \"é\", \"a\": 1}"}"#)
        #expect(try talk.say("GET", "/schemas/ids/1").body["schema"] == #"{"a":1,"b":"\u00e9"}"#)
    }

    @Test("a context's prefix is a part of a name")
    func noContexts() throws {
        var talk = RegistryTalk(.karapace)
        #expect(try talk.register("int", ":.c:a") == 1)
        #expect(try talk.register("long", "a") == 2)
        #expect(try talk.list("/subjects") == #"[":.c:a","a"]"#)
        #expect(try talk.say("GET", "/contexts/.c/subjects").status == 404)
    }
}
