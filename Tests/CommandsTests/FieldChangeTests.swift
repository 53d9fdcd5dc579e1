import SnapshotModel
import Testing

@testable import Commands

@Suite struct FieldChangeTests {
    @Test func theInnermostMembersAreNamed() throws {
        let old = try JSON.parse(Array(#"{"configs":{"a":"1","b":"2"},"partitions":3}"#.utf8))
        let new = try JSON.parse(Array(#"{"configs":{"b":"3","c":"4"},"partitions":3}"#.utf8))
        #expect(FieldChange.between(old, new).map(\.text) == ["configs.a: 1 → (none)", "configs.b: 2 → 3", "configs.c: (none) → 4"])
        #expect(FieldChange.between(old, old).isEmpty)
    }

    @Test func aValueCannotReachTheTerminalRaw() {
        let change = FieldChange.between(.object(["k\u{1B}": "a"]), .object(["k\u{1B}": "\u{202E}b"]))
        #expect(change.map(\.text) == ["k\\u{1b}: a → \\u{202e}b"])
    }

    @Test func anOutlineHasALineForEachMember() throws {
        let json = try JSON.parse(Array(#"{"a":[1,2],"b":{"c":"x\n"},"d":[{"e":null}],"f":{}}"#.utf8))
        #expect(Outline.render(json, indentation: 0) == "a: [1, 2]\nb:\n  c: x\\n\nd:\n  -\n    e: -\nf: {}\n")
    }
}
