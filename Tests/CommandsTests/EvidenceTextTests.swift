import SnapshotModel
import Testing

@testable import Commands

/// What was not read of evidence is told by its causes, not part by part.
@Suite struct EvidenceTextTests {
    @Test func oneLineForEachCauseWithHowManyPartsItHas() {
        var state = SectionState.stable
        state.unread = (1...9).map { .init(what: "the group g\($0)", why: $0 == 5 ? "broker 2: refused" : "broker 1: no answer") }
        #expect(
            state.untold("consumer-groups") == [
                "consumer-groups: of what is only recorded, not read: the group g1 and 7 more: broker 1: no answer",
                "consumer-groups: of what is only recorded, not read: the group g5: broker 2: refused",
            ])
        #expect(SectionState.stable.untold("topics") == [])
    }
}
