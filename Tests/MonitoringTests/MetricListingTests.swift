import Foundation
import Testing

@testable import Monitoring

@Suite struct MetricListingTests {
    @Test func namesFollowTheConventions() {
        #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
        for metric in Metric.all {
            #expect(metric.name.wholeMatch(of: /(tidemark|kafka)(_[a-z]+)+/) != nil, "\(metric.name)")
            #expect(metric.name.hasSuffix("_total") == (metric.sort == .counter), "\(metric.name)")
            #expect(metric.labels.allSatisfy { $0.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil } && !metric.places.isEmpty)
            #expect(!metric.help.isEmpty && !metric.help.hasSuffix(".") && !metric.help.contains("\n"), "\(metric.name)")
        }
    }

    @Test("nobody counts an age on in a file, so none is in one")
    func ages() {
        for metric in Metric.all where metric.name.hasSuffix("_age_seconds") { #expect(metric.places == [.agent], "\(metric.name)") }
    }

    @Test func thePageIsGeneratedFromTheListing() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/metrics.md"), encoding: .utf8)
        #expect(page.hasSuffix(Metric.reference), "run `tidemark policy metrics` and put it at the end of docs/metrics.md")
    }
}
