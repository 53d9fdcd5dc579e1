import Bytes
import Testing

@testable import Resources

@Suite struct RenamingTests {
    @Test func aRuleIsAnOldAndANewNameOrOnePatternOnBothSides() {
        #expect(Renaming.Rule("a=b") == Renaming.Rule(from: "a", to: "b"))
        #expect(Renaming.Rule("dev.*=prod.*") != nil)
        for malformed in ["", "a", "a=", "=b", "a*=b", "a=b*", "a**=b**"] { #expect(Renaming.Rule(malformed) == nil, "\(malformed)") }
    }

    @Test func theFirstRuleThatFitsDecidesAndTheRestStays() throws {
        let renaming = Renaming([try #require(Renaming.Rule("orders=bestellungen")), try #require(Renaming.Rule("or*=x*y"))])
        #expect(renaming("orders") == "bestellungen")
        #expect(renaming("oracle") == "xacley")
        #expect(renaming("or") == "xy")
        #expect(renaming("o") == "o")
        #expect(renaming("OR") == "OR")
    }

    @Test func aStarStandsForTheSameBytesOnBothSides() throws {
        let renaming = Renaming([try #require(Renaming.Rule("a*z=A*Z"))])
        #expect(renaming("az") == "AZ")
        #expect(renaming("a.b.z") == "A.b.Z")
        #expect(renaming(ByteString(bytes: [97, 0xff, 0, 122])) == ByteString(bytes: [65, 0xff, 0, 90]))
        #expect(renaming("a") == "a")
    }

    @Test func brokersKeepTheirIdsOrAreMatchedByPosition() {
        #expect(Remapping.brokers(from: [1, 2], to: [1, 2, 3]) == [1: 1, 2: 2])
        #expect(Remapping.brokers(from: [3, 1, 2], to: [101, 103, 102]) == [1: 101, 2: 102, 3: 103])
        #expect(Remapping.brokers(from: [1, 2, 3], to: [101, 102]) == [:])
    }
}
