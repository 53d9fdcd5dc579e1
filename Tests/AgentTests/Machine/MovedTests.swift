import Schedules
import Seams
import Testing

@testable import Agent

/// A policy that has a cluster at another place: another repository, other brokers.
@Suite struct MovedTests {
    private func rules(_ place: String) -> AgentRules {
        AgentRules(clusters: [
            ClusterRules(name: "one", jobs: [.backup: JobRules(schedule: AgentStage.daily("0 2 * * *"))], place: place)
        ])
    }

    @Test("what is known is looked up anew, and a place without snapshots gets one at once")
    func idle() throws {
        var stage = AgentStage(rules("old"))
        stage.known(ago: .seconds(60))
        #expect(stage.status()?.lastSuccess != nil)
        let moved = stage.take(.reloaded(rules("new")))
        #expect(moved == [.forget(cluster: "one"), .look(cluster: "one")])
        #expect(stage.status()?.lastSuccess == nil && !stage.machine.status(at: stage.moment).isReady)
        let found = stage.take(.found(cluster: "one", [:]))
        guard case .start(let run)? = found.first, found.count == 1 else {
            Issue.record("no snapshot at once: \(found)")
            return
        }
        #expect(run.job == .backup)
        let same = stage.take(.reloaded(rules("new")))
        #expect(same.isEmpty)
    }

    @Test("a run under way ends where it began, and says nothing about the new place")
    func running() throws {
        var stage = AgentStage(rules("old"))
        stage.known()
        let run = try stage.begun(within: .seconds(86_400))
        let moved = stage.take(.reloaded(rules("new")))
        #expect(moved.isEmpty)
        let ended = stage.take(.ended(run.id, .succeeded))
        #expect(ended == [.forget(cluster: "one"), .look(cluster: "one")])
        #expect(stage.status()?.lastSuccess == nil)
    }

    @Test("an answer about the old place is none about the new one")
    func looking() {
        var stage = AgentStage(rules("old"))
        let moved = stage.take(.reloaded(rules("new")))
        #expect(moved.isEmpty)
        let found = stage.take(.found(cluster: "one", [.backup: .seconds(60)]))
        #expect(found == [.forget(cluster: "one"), .look(cluster: "one")])
        #expect(stage.status()?.lastSuccess == nil)
    }

    @Test("a review that comes back after the move is of the old place")
    func reviewed() throws {
        var stage = AgentStage(rules("old"))
        stage.known()
        stage.pass(.seconds(3 * 86_400))
        guard case .review(let review)? = stage.take(.tick).first else {
            Issue.record("nothing was reviewed")
            return
        }
        _ = stage.take(.reloaded(rules("new")))
        let answered = stage.take(.reviewed(review, ago: nil))
        #expect(answered.isEmpty && stage.status()?.isMissed == false)
    }
}
