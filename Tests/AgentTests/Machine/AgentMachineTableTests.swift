import Seams
import Testing

@testable import Agent

/// Every state against every event, for an agent of one cluster with one job.
@Suite struct AgentMachineTableTests {
    enum Cell: Equatable {
        /// The actions, and the state afterwards.
        case does(String)
        case impossible(String)
    }

    static let over = Cell.impossible("the agent has finished: nobody is left to do anything")
    static let notAsked = Cell.impossible("nothing was asked about one")
    static let noRun = Cell.impossible("no run 1 is under way")
    static let nothingToReview = Cell.impossible("nothing was to be reviewed of backup of one")

    static let table: [(state: String, cells: [String: Cell])] = [
        (
            "looking",
            [
                "tick": .does("nothing → looking"), "tick when due": .does("nothing → looking"), "found": .does("nothing → idle"),
                "ended": noRun, "reviewed": nothingToReview, "reloaded without it": .does("nothing → looking, leaving"),
                "reloaded the same": .does("nothing → looking"), "stop": .does("finish → finished"),
            ]
        ),
        (
            "idle",
            [
                "tick": .does("nothing → idle"), "tick when due": .does("start 1 → running"), "found": notAsked, "ended": noRun,
                "reviewed": nothingToReview, "reloaded without it": .does("nothing → gone"), "reloaded the same": .does("nothing → idle"),
                "stop": .does("finish → finished"),
            ]
        ),
        // What is still not done when the next one is due was missed, unless another agent did it.
        (
            "running",
            [
                "tick": .does("nothing → running"),
                "tick when due": .does("cancel 1, review → cancelling"), "found": notAsked,
                "ended": .does("nothing → idle"), "reviewed": nothingToReview,
                "reloaded without it": .does("nothing → running, leaving"), "reloaded the same": .does("nothing → running"),
                "stop": .does("nothing → running, stopping"),
            ]
        ),
        (
            "cancelling",
            [
                "tick": .does("nothing → cancelling"), "tick when due": .does("review → cancelling"), "found": notAsked,
                "ended": .does("nothing → idle"), "reviewed": nothingToReview,
                "reloaded without it": .does("nothing → cancelling, leaving"), "reloaded the same": .does("nothing → cancelling"),
                "stop": .does("nothing → cancelling, stopping"),
            ]
        ),
        (
            "leaving",
            [
                "tick": .does("nothing → running, leaving"), "tick when due": .does("cancel 1 → cancelling, leaving"),
                "found": notAsked, "ended": .does("nothing → gone"), "reviewed": nothingToReview,
                "reloaded without it": .does("nothing → running, leaving"), "reloaded the same": .does("nothing → running"),
                "stop": .does("nothing → running, leaving, stopping"),
            ]
        ),
        (
            "stopping",
            [
                "tick": .does("nothing → running, stopping"), "tick when due": .does("cancel 1 → cancelling, stopping"),
                "found": notAsked, "ended": .does("finish → finished"), "reviewed": nothingToReview,
                // A policy is of no use any more.
                "reloaded without it": .does("nothing → running, stopping"), "reloaded the same": .does("nothing → running, stopping"),
                "stop": .does("nothing → running, stopping"),
            ]
        ),
        (
            "finished",
            [
                "tick": over, "tick when due": over, "found": over, "ended": over, "reviewed": over, "reloaded without it": over,
                "reloaded the same": over, "stop": over,
            ]
        ),
    ]

    static let runID = RunID(number: 1)

    func stage(_ state: String) -> AgentStage {
        var stage = AgentStage()
        if state == "looking" { return stage }
        stage.known()
        if state == "idle" { return stage }
        stage.pass(.seconds(900))
        _ = stage.take(.tick)
        switch state {
        case "cancelling":
            stage.pass(.seconds(600))
            _ = stage.take(.tick)
        case "leaving": _ = stage.take(.reloaded(AgentStage.rules([:], clusters: [])))
        case "stopping": _ = stage.take(.stop)
        case "finished":
            _ = stage.take(.stop)
            _ = stage.take(.ended(Self.runID, .succeeded))
        default: break
        }
        return stage
    }

    @Test("each cell does what the table says, or says why it cannot be", arguments: table.map(\.state))
    func cells(state: String) throws {
        let row = try #require(Self.table.first { $0.state == state })
        #expect(row.cells.count == 8)
        for (event, expected) in row.cells {
            var stage = stage(state)
            let actions: [AgentMachine.Action]
            switch event {
            case "tick": actions = stage.take(.tick)
            case "tick when due":
                stage.pass(.seconds(900))
                actions = stage.take(.tick)
            case "found": actions = stage.take(.found(cluster: "one", [.backup: .zero]))
            case "ended": actions = stage.take(.ended(Self.runID, .succeeded))
            case "reviewed":
                actions = stage.take(.reviewed(Review(cluster: "one", job: .backup, served: .zero), ago: nil))
            case "reloaded without it": actions = stage.take(.reloaded(AgentStage.rules([:], clusters: [])))
            case "reloaded the same": actions = stage.take(.reloaded(AgentStage.quarterly))
            case "stop": actions = stage.take(.stop)
            default:
                Issue.record("no event \(event)")
                continue
            }
            #expect(cell(actions, stage.machine) == expected, "\(state) × \(event)")
        }
    }

    func cell(_ actions: [AgentMachine.Action], _ machine: AgentMachine) -> Cell {
        let names = actions.map { action in
            switch action {
            case .look: "look"
            case .forget: "forget"
            case .start(let run): "start \(run.id)"
            case .cancel(let id, _): "cancel \(id)"
            case .review: "review"
            case .finish: "finish"
            case .protest(let words): "protest: \(words)"
            }
        }
        if let protest = names.first, protest.hasPrefix("protest: ") { return .impossible(String(protest.dropFirst(9))) }
        return .does("\(names.isEmpty ? "nothing" : names.joined(separator: ", ")) → \(state(of: machine))")
    }

    func state(of machine: AgentMachine) -> String {
        if machine.phase == .finished { return "finished" }
        guard let cluster = machine.clusters["one"] else { return "gone" }
        let phase =
            switch cluster.phase {
            case .looking: "looking"
            case .idle: "idle"
            case .running: "running"
            case .cancelling: "cancelling"
            }
        let isStopping = if case .stopping = machine.phase { true } else { false }
        return phase + (cluster.isLeaving ? ", leaving" : "") + (isStopping ? ", stopping" : "")
    }
}
