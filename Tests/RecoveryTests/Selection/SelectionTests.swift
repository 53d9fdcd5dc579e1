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

    @Test(arguments: [
        ("", "", true), ("+topics", "", true), ("", "+topics", false), ("+topics", "+topics", true), ("+topics:a*", "+topics", true),
        ("+topics", "+topics:a*", false), ("+topics:a", "+topics:a*", false), ("+schemas", "+topics", false),
        ("", "-broker-configs", false), ("-broker-configs", "-broker-configs", true), ("-topics", "-topics:tmp-*", true),
        ("-topics:tmp-*", "-topics", false), ("+topics", "-broker-configs", true), ("+topics", "-topics:tmp-*", false),
        ("+topics -topics:tmp-*", "+topics +schemas -topics:tmp-*", true),
    ]) func whatIsAskedForIsWithinWhatASnapshotHolds(_ asked: String, _ held: String, _ isWithin: Bool) throws {
        func selection(_ text: String) throws -> Selection {
            text.isEmpty ? .everything : try #require(Selection(description: text))
        }
        let (asked, held) = (try selection(asked), try selection(held))
        #expect(asked.isWithin(held) == isWithin)
        #expect(try selection(held.description) == held)
    }

    @Test(arguments: ["+consumer-groups:a b", "topics", "+nonsense", "+topics  -schemas", "+"])
    func aDescriptionThatIsNotPlainIsNotRead(_ text: String) {
        #expect(Selection(description: text) == nil)
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

    @Test(arguments: [
        ("billing/orders", "billing", "orders", true), ("billing/orders", "billing", "other", false),
        ("*/orders", "billing", "orders", true),
        ("billing/*", "billing", "other", true), ("bill*/ord*", "billing", "orders", true), ("a/b", "a/b", "orders", true),
        ("a/b", "a", "b", true), ("a/b", "a", "c", false), ("a/b/orders", "a/b", "orders", true), ("a/b/*", "a", "b", false),
        // Without a slash it is about groups, whatever topics are called.
        ("*orders", "billing", "orders", false), ("*-test", "billing-test", "orders", true),
    ]) func aGroupsPositionsOnATopicCanBeSelectedAlone(_ pattern: String, _ group: String, _ topic: String, _ fits: Bool) throws {
        let (kind, rule) = (ConsumerGroupsKind(), try Selection.Rule("consumer-groups:\(pattern)"))
        let id = ResourceID(ByteString(group), ByteString(topic))
        #expect(Selection(only: [rule]).includes(kind, id) == fits)
        #expect(Selection(except: [rule]).includes(kind, id) != fits)
        #expect(Selection(only: [rule]).unmatched(in: [(kind, [id])]).isEmpty == fits)
    }

    /// What belongs to the group as a whole comes with its positions on one topic, and does not go with them.
    @Test func theGroupItselfComesWithAPartOfIt() throws {
        let rule = try Selection.Rule("consumer-groups:billing/orders")
        let (kind, group) = (ConsumerGroupsKind(), ResourceID("billing"))
        #expect(Selection(only: [rule]).includes(kind, group) && Selection(except: [rule]).includes(kind, group))
        #expect(!Selection(only: [rule]).includes(kind, ResourceID("audit")))
    }

    @Test func aSlashMeansNothingInOtherKinds() throws {
        let rule = try Selection.Rule("schemas:orders/1")
        #expect(!Selection(only: [rule]).includes(SchemasKind(), ResourceID("schema", "orders", "1")))
        #expect(Selection(only: [rule]).includes(SchemasKind(), ResourceID("schema", "orders/1", "1")))
    }

    @Test func aRuleThatFitsNothingIsReported() throws {
        let typo = try Selection.Rule("topics:oders")
        let selection = Selection(only: [typo, try .init("topics:orders")])
        #expect(selection.unmatched(in: [(TopicsKind(), [ResourceID("orders")])]) == [typo])
    }
}
