import Bytes
import Resources
import SnapshotModel
import Testing

@testable import Recovery

@Suite struct SelectionTests {
    @Test(arguments: [
        ("*", "", true), ("*", "anything", true), ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "abd", false), ("a?c", "abc", true),
        ("a?c", "ac", false), ("audit.events", "audit-events", false), ("audit.events", "audit.events", true), ("*a*b*", "xaybz", true),
        ("*a*b*", "xbya", false), ("", "", true), ("", "a", false), ("a**b", "ab", true),
    ]) func aGlobIsNoRegularExpression(_ pattern: String, _ name: String, _ fits: Bool) {
        #expect(Glob(ByteString(pattern)).matches(ByteString(name)) == fits)
    }

    @Test func aPatternOfManyStarsStaysQuick() {
        let pattern = ByteString(String(repeating: "a*", count: 200))
        #expect(!Glob(pattern).matches(ByteString(String(repeating: "a", count: 199) + "b")))
    }

    @Test func namesAreComparedByBytes() {
        #expect(!Glob("caf\u{e9}").matches("cafe\u{301}"))
    }

    @Test func anUnknownKindIsNamedWithTheKnownOnes() {
        let error = #expect(throws: RecoveryError.self) { try Selection.Rule("topic:orders") }
        #expect(error?.message.contains("'topic'") == true)
        #expect(error?.hint.contains("topics") == true)
    }

    @Test func onlyAndExceptTogether() throws {
        let selection = Selection(only: [try .init("topics:o*"), try .init("schemas")], except: [try .init("topics:old")])
        let (topics, groups, schemas) = (TopicsKind(), ConsumerGroupsKind(), SchemasKind())
        #expect(
            selection.includes(topics, ResourceID("orders")) && !selection.includes(topics, ResourceID("old"))
                && !selection.includes(topics, ResourceID("x")))
        #expect(!selection.includes(groups) && selection.includes(schemas, ResourceID("schema", "s", "1")))
        #expect(selection.includes(topics))
    }

    @Test func aGroupIsSelectedByItsOwnNameWhateverTheTopic() throws {
        let selection = Selection(only: [try .init("consumer-groups:billing")])
        #expect(selection.includes(ConsumerGroupsKind(), ResourceID("billing", "orders")))
        #expect(!selection.includes(ConsumerGroupsKind(), ResourceID("orders", "billing")))
    }

    @Test func aRuleThatFitsNothingIsReported() throws {
        let typo = try Selection.Rule("topics:oders")
        let selection = Selection(only: [typo, try .init("topics:orders")])
        #expect(selection.unmatched(in: [(TopicsKind(), [ResourceID("orders")])]) == [typo])
    }
}
