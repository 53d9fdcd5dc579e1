import Bytes
import KafkaProtocol
import Testing

@testable import KafkaClient

/// Every state against every event, for a call to a partition's leader.
@Suite struct JourneyMachineTableTests {
    static let events: [(name: String, event: JourneyMachine.Event)] = [
        ("ready", .ready), ("refreshed", .refreshed), ("found", .found(coordinator: 2)),
        ("failed", .failed(FailedAttempt(JourneyStage.error(), .afterPause))), ("interrupted", .interrupted), ("answered", .answered),
    ]

    /// A cell that nothing leads to says why; the machine gives up there rather than guess.
    enum Cell: Equatable {
        case does(String)
        case impossible(String)
    }

    static let nothingAsked = Cell.impossible("no question is open")
    static let nothingSent = Cell.impossible("no request is under way")
    static let noPause = Cell.impossible("only a pause ends by itself or is interrupted; an attempt reports a cancellation as a failure")
    static let over = Cell.impossible("whoever drives it has stopped: the answer or the error is out")

    static let table: [(state: String, cells: [String: Cell])] = [
        (
            "resting",
            [
                "ready": .does("attempting: attempt at one"), "refreshed": nothingAsked, "found": nothingAsked, "failed": nothingSent,
                "interrupted": .does("ended: cancelled"), "answered": nothingSent,
            ]
        ),
        (
            "identifying",
            [
                "ready": .impossible("no pause is under way"), "refreshed": .does("attempting: attempt at one"),
                "found": .does("attempting: attempt at two"), "failed": .does("resting: pause"), "interrupted": noPause,
                "answered": nothingSent,
            ]
        ),
        (
            "locating",
            [
                "ready": .impossible("no pause is under way"), "refreshed": .does("attempting: attempt at one"),
                "found": .impossible("who it is was known before"), "failed": .does("resting: pause"), "interrupted": noPause,
                "answered": nothingSent,
            ]
        ),
        (
            "throttled",
            [
                "ready": .does("attempting: attempt at one"), "refreshed": nothingAsked, "found": nothingAsked, "failed": nothingSent,
                "interrupted": .does("ended: cancelled"), "answered": nothingSent,
            ]
        ),
        (
            "attempting",
            [
                "ready": .impossible("no pause is under way"), "refreshed": nothingAsked, "found": nothingAsked,
                "failed": .does("resting: pause"), "interrupted": noPause, "answered": .does("ended: finish"),
            ]
        ),
        ("ended", ["ready": over, "refreshed": over, "found": over, "failed": over, "interrupted": over, "answered": over]),
    ]

    private static let states: [JourneyMachine.State] = [
        .resting, .identifying, .locating(1), .throttled(JourneyStage.one), .attempting(JourneyStage.one), .ended,
    ]

    @Test(arguments: table.map(\.state))
    func everyEventHasItsReaction(state: String) throws {
        let cells = try #require(Self.table.first { $0.state == state }?.cells)
        #expect(Set(cells.keys) == Set(Self.events.map(\.name)))
        for (name, event) in Self.events {
            var stage = JourneyStage(to: .leader(JourneyStage.partition))
            stage.machine.state = try #require(Self.states.first { $0.name == state })
            let step = stage.handle(event)
            switch cells[name] {
            case .does(let reaction): #expect("\(stage.machine.state.name): \(step.summary)" == reaction, "\(state) × \(name)")
            case .impossible(let why):
                #expect(!why.isEmpty)
                #expect(step == .init(action: .giveUp(.outOfStep)), "\(state) × \(name)")
                #expect(stage.machine.state == .ended, "\(state) × \(name)")
            case nil: Issue.record("\(state) × \(name) is not in the table")
            }
        }
    }

    @Test func everyStateIsInTheTable() { #expect(Self.table.map(\.state) == Self.states.map(\.name)) }
}
