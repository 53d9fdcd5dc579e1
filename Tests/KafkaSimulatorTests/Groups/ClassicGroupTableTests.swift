import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// Every state of a classic group against every event: the answer, and the state after it.
@Suite struct ClassicGroupTableTests {
    enum Start: CaseIterable, Sendable {
        case absent
        /// Offsets alone.
        case simple
        /// Had a member, has none.
        case empty
        /// Two members; the first has not joined again yet.
        case preparing
        /// One member that joined and did not sync.
        case completing
        /// One member that works.
        case stable
    }

    enum Event: CaseIterable, Sendable {
        case joinWithoutID, joinAsKnown, joinAsStranger, joinWithOtherProtocol, syncAsKnown, syncOfOldGeneration, syncAsStranger
        case heartbeat, heartbeatOfOldGeneration, heartbeatAsStranger, leave, leaveAsStranger, commitAsMember, commitOfOldGeneration
        case commitFromOutside, commitAsStranger, deleteOffsets, deleteGroup, sessionEnds
    }

    /// What an event comes to: an error code, or no answer yet, and the state that the group is in then.
    struct Outcome: Equatable, CustomStringConvertible {
        /// Nil where the answer comes later.
        var code: Int16?
        /// Nil where the group is gone.
        var state: ByteString?
        init(_ code: Int16?, _ state: ByteString?) {
            self.code = code
            self.state = state
        }
        var description: String { "\(code.map(String.init) ?? "later") → \(state.map(\.description) ?? "gone")" }
    }

    static let p: ByteString = "PreparingRebalance"
    static let c: ByteString = "CompletingRebalance"
    static let s: ByteString = "Stable"
    static let e: ByteString = "Empty"

    // One row an event, one column a start: absent, simple, empty, preparing, completing, stable.
    static let table: [Event: [Outcome]] = [
        .joinWithoutID: [.init(79, e), .init(79, e), .init(79, e), .init(79, p), .init(79, c), .init(79, s)],
        .joinAsKnown: [.init(25, nil), .init(25, e), .init(25, e), .init(0, c), .init(0, c), .init(0, c)],
        .joinAsStranger: [.init(25, nil), .init(25, e), .init(25, e), .init(25, p), .init(25, c), .init(25, s)],
        .joinWithOtherProtocol: [.init(0, c), .init(0, c), .init(0, c), .init(23, p), .init(23, c), .init(23, s)],
        .syncAsKnown: [.init(25, nil), .init(25, e), .init(25, e), .init(27, p), .init(0, s), .init(0, s)],
        .syncOfOldGeneration: [.init(25, nil), .init(25, e), .init(25, e), .init(22, p), .init(22, c), .init(22, s)],
        .syncAsStranger: [.init(25, nil), .init(25, e), .init(25, e), .init(25, p), .init(25, c), .init(25, s)],
        .heartbeat: [.init(25, nil), .init(25, e), .init(25, e), .init(27, p), .init(0, c), .init(0, s)],
        .heartbeatOfOldGeneration: [.init(25, nil), .init(25, e), .init(25, e), .init(22, p), .init(22, c), .init(22, s)],
        .heartbeatAsStranger: [.init(25, nil), .init(25, e), .init(25, e), .init(25, p), .init(25, c), .init(25, s)],
        .leave: [.init(25, nil), .init(25, e), .init(25, e), .init(0, c), .init(0, e), .init(0, e)],
        .leaveAsStranger: [.init(25, nil), .init(25, e), .init(25, e), .init(25, p), .init(25, c), .init(25, s)],
        .commitAsMember: [.init(69, nil), .init(25, e), .init(25, e), .init(0, p), .init(27, c), .init(0, s)],
        .commitOfOldGeneration: [.init(69, nil), .init(25, e), .init(25, e), .init(22, p), .init(22, c), .init(22, s)],
        .commitFromOutside: [.init(0, e), .init(0, e), .init(0, e), .init(25, p), .init(25, c), .init(25, s)],
        .commitAsStranger: [.init(69, nil), .init(25, e), .init(25, e), .init(25, p), .init(25, c), .init(25, s)],
        // While members meet, the protocol is still the former one, and so is what they subscribe to.
        .deleteOffsets: [.init(69, nil), .init(0, e), .init(0, e), .init(86, p), .init(86, c), .init(86, s)],
        .deleteGroup: [.init(69, nil), .init(0, nil), .init(0, nil), .init(68, p), .init(68, c), .init(68, s)],
        // A session that ends in an absent, simple or empty group is nobody's; the answer stands for "nothing happened".
        .sessionEnds: [.init(0, nil), .init(0, e), .init(0, e), .init(0, c), .init(0, e), .init(0, e)],
    ]

    static var cells: [(Event, Start)] { Event.allCases.flatMap { event in Start.allCases.map { (event, $0) } } }

    /// The group in a state, the member that is known to it and its generation.
    func begin(_ start: Start) throws -> (stage: GroupStage, member: ByteString, generation: Int32) {
        var stage = GroupStage()
        switch start {
        case .absent: return (stage, "nobody", 1)
        case .simple:
            #expect(stage.commit() == [.none])
            return (stage, "nobody", 1)
        case .empty, .completing, .stable, .preparing: break
        }
        let (member, token) = stage.enter()
        try #require(stage.joined(token)?.generationId == 1)
        if start == .completing { return (stage, member, 1) }
        stage.sync(member, generation: 1, assign: [member: [1]])
        if start == .empty { #expect(stage.leave(member) == ErrorCode.none) }
        if start == .preparing { _ = stage.enter() }
        return (stage, member, 1)
    }

    @Test(arguments: cells)
    func everyEventInEveryState(_ event: Event, _ start: Start) throws {
        var (stage, member, generation) = try begin(start)
        let code: ErrorCode?
        switch event {
        case .joinWithoutID: code = stage.joined(stage.join())?.errorCode
        case .joinAsKnown: code = stage.joined(stage.join(member))?.errorCode
        case .joinAsStranger: code = stage.joined(stage.join("stranger"))?.errorCode
        case .joinWithOtherProtocol: code = stage.joined(stage.join(protocols: ["unheard-of"], version: 3))?.errorCode
        case .syncAsKnown: code = stage.synced(stage.sync(member, generation: generation))?.errorCode
        case .syncOfOldGeneration: code = stage.synced(stage.sync(member, generation: generation - 1))?.errorCode
        case .syncAsStranger: code = stage.synced(stage.sync("stranger", generation: generation))?.errorCode
        case .heartbeat: code = stage.heartbeat(member, generation: generation)
        case .heartbeatOfOldGeneration: code = stage.heartbeat(member, generation: generation - 1)
        case .heartbeatAsStranger: code = stage.heartbeat("stranger", generation: generation)
        case .leave: code = stage.leave(member)
        case .leaveAsStranger: code = stage.leave("stranger")
        case .commitAsMember: code = stage.commit(member, generation: generation).first
        case .commitOfOldGeneration: code = stage.commit(member, generation: generation - 1).first
        case .commitFromOutside: code = stage.commit().first
        case .commitAsStranger: code = stage.commit("stranger", generation: generation).first
        case .deleteOffsets:
            let (error, partitions) = stage.deleteOffsets()
            code = error.isError ? error : partitions.first
        case .deleteGroup: code = stage.coordinator.delete(GroupStage.group)
        case .sessionEnds:
            // In a group that completes its rebalance, the time to sync ends with it.
            stage.pass(.seconds(60))
            code = ErrorCode.none
        }
        let column = try #require(Start.allCases.firstIndex(of: start))
        #expect(Outcome(code?.rawValue, stage.state) == Self.table[event]?[column], "\(event) in \(start)")
        // Where members are left, the next deadline is ahead.
        if let deadline = stage.coordinator.classic(GroupStage.group)?.nextDeadline { #expect(deadline > stage.now) }
    }
}
