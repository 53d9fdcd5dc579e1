import Bytes
import Seams
import Testing

@testable import SnapshotModel

/// What of a kind a selection takes, in words that can be compared.
@Suite("Selections: scopes") struct SelectionScopesTests {
    @Test(
        "of each kind only its own rules count, in whatever order",
        arguments: [
            ("", "topics", ""), ("-broker-configs", "topics", ""), ("-broker-configs", "broker-configs", nil),
            ("-consumer-groups:console-* -topics:tmp", "consumer-groups", "-consumer-groups:console-*"), ("+topics", "topics", ""),
            ("+topics", "schemas", nil), ("+topics:a +topics:b", "topics", "+topics:a +topics:b"),
            ("+topics:b +topics:a", "topics", "+topics:a +topics:b"), ("+topics +topics:a", "topics", ""),
            ("+topics -topics:a", "topics", "-topics:a"), ("-topics:a", "topics", "-topics:a"), ("+topics:a -topics", "topics", nil),
            ("+schemas:a:b", "schemas", "+schemas:a:b"),
            // A name with a space: nobody can tell rules from names.
            ("-consumer-groups:a b", "topics", "-consumer-groups:a b"), ("-", "topics", "-"),
        ] as [(String, KindName, String?)])
    func scopes(_ selection: String, _ kind: KindName, _ scope: String?) {
        #expect(SelectionScopes(selection).scope(of: kind) == scope)
    }

    @Test(
        "one selection is narrower than another where it takes nothing else, and not all",
        arguments: [
            ("+consumer-groups", "", true), ("", "+consumer-groups", false), ("", "", false), ("-broker-configs", "", true),
            ("+topics:a", "+topics", true), ("+topics", "+consumer-groups", false), ("+topics", "+topics +consumer-groups", true),
            ("+topics", "-broker-configs", true), ("+broker-configs", "-broker-configs", false), ("-topics:a", "-broker-configs", false),
            ("+consumer-groups", "-consumer-groups:tmp", false), ("-consumer-groups:tmp -topics", "-consumer-groups:tmp", true),
            ("+topics:a b", "", false), ("", "+topics:a b", false),
        ])
    func narrower(_ narrow: String, _ wide: String, _ isNarrower: Bool) {
        #expect(SelectionScopes(narrow).isNarrower(than: SelectionScopes(wide)) == isNarrower)
    }

    @Test("of a certificate's reasons those that say what shrank name their kind")
    func shrunken() throws {
        let id = try #require(SnapshotID(bytes: Array(repeating: 7, count: 32)))
        for now in [nil, 0, 3] {
            #expect(Shrinkage.kind(in: Shrinkage(kind: "topics", before: 12, now: now, against: id).description) == "topics")
        }
        for other in [
            "topics: limited: by rights", "topics: 3 gaps (a: configs: hidden)", "topics: 2 unread (broker 1: down; …)", "", "topics",
        ] {
            #expect(Shrinkage.kind(in: other) == nil, "\(other)")
        }
    }

    @Test("ids that meet make one lineage, in whatever order they come")
    func lineages() {
        func manifest(_ id: ByteString, _ former: [ByteString] = []) -> Manifest {
            Manifest(
                tool: .init(name: "t", version: "0"), clusterID: id, brokers: 1, lineage: Lineage(formerClusterIDs: former),
                started: .init(milliseconds: 0), finished: .init(milliseconds: 0), sections: [], certificate: Certificate(grade: .stable))
        }
        let all = [manifest("a"), manifest("b"), manifest("a"), manifest("c", ["b"]), manifest("d", ["c"])]
        for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [1, 4, 0, 3, 2]] {
            #expect(Set(Manifest.lineages(of: order.map { all[$0] })) == [["a"], ["b", "c", "d"]])
        }
    }
}
