import Foundation
import Testing
import Yams

/// The alerts for Prometheus, judged by its own tool.
@Suite struct RulesTests {
    static let rules = "docs/monitoring/tidemark.rules.yaml"
    static let tests = "docs/monitoring/tidemark.rules.test.yaml"

    static func alerts() throws -> [[String: Any]] {
        let file = try #require(Yams.load(yaml: Shipped.text(rules)) as? [String: Any])
        let groups = try #require(file["groups"] as? [[String: Any]])
        return groups.flatMap { $0["rules"] as? [[String: Any]] ?? [] }
    }

    @Test func theRulesAreInOrder() async throws {
        let checked = try await Tool.run(Tool.peer("promtool"), ["check", "rules", "\(Shipped.root)/\(Self.rules)"])
        let count = try Self.alerts().count
        #expect(checked.code == 0 && checked.output.contains("\(count) rules found"), "\(checked.errors)")
    }

    @Test func eachAlertComesWhenItShouldAndNotBefore() async throws {
        let tested = try await Tool.run(Tool.peer("promtool"), ["test", "rules", "\(Shipped.root)/\(Self.tests)"])
        #expect(tested.code == 0, "\(tested.output)\(tested.errors)")
    }

    /// Each is looked at while it is raised and while it is not.
    @Test func noAlertIsWithoutATest() throws {
        let file = try #require(Yams.load(yaml: Shipped.text(Self.tests)) as? [String: Any])
        let samples = try #require(file["tests"] as? [[String: Any]]).flatMap { $0["promql_expr_test"] as? [[String: Any]] ?? [] }
        for alert in try Self.alerts() {
            let name = try #require(alert["alert"] as? String)
            let about = samples.filter { ($0["expr"] as? String)?.contains("alertname=\"\(name)\",") == true }
            let raised = about.count { ($0["exp_samples"] as? [Any])?.isEmpty == false }
            #expect(raised > 0 && raised < about.count, "\(name)")
        }
    }

    /// The tests find a threshold that is wrong.
    @Test(arguments: [
        ("> 120", "> 1200"), ("{grade=\"partial\"} == 1", "{grade=\"stable\"} == 1"), ("on (cluster, instance)", "on (cluster)"),
        ("tidemark_missed == 1 or", "tidemark_missed or"),
    ])
    func aRuleThatIsChangedFails(from: String, to: String) async throws {
        try await withDirectory { directory in
            let changed = try Shipped.text(Self.rules).replacingOccurrences(of: from, with: to)
            try write(changed, to: "\(directory)/tidemark.rules.yaml")
            try write(Shipped.text(Self.tests), to: "\(directory)/tests.yaml")
            #expect(try await Tool.run(Tool.peer("promtool"), ["test", "rules", "\(directory)/tests.yaml"]).code == 1)
        }
    }

    /// Whoever is woken finds what to do.
    @Test func eachAlertIsWrittenAbout() throws {
        let page = try Shipped.text("docs/monitoring/README.md")
        for alert in try Self.alerts() {
            let name = try #require(alert["alert"] as? String)
            #expect(page.contains("`\(name)`"), "\(name)")
            let annotations = alert["annotations"] as? [String: Any]
            #expect(annotations?["summary"] is String && annotations?["description"] is String, "\(name)")
        }
    }
}
