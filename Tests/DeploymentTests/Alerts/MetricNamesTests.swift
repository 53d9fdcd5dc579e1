import Foundation
import Testing

@Suite struct MetricNamesTests {
    /// Names of metrics in a text, whatever stands around them.
    private static func names(in text: String) -> Set<String> {
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.map { String($0) }
        return Set(words.filter { ($0.hasPrefix("tidemark_") || $0.hasPrefix("kafka_")) && $0 != "kafka_" })
    }

    /// docs/metrics.md is generated from the code that serves them.
    @Test func whatAlertsAndAutoscalersGoByIsServed() throws {
        let served = try Self.names(in: Shipped.text("docs/metrics.md"))
        let expressions = try RulesTests.alerts().compactMap { $0["expr"] as? String }.joined(separator: "\n")
        for (place, text) in [
            ("rules", expressions), ("hpa.yaml", try Shipped.text("docs/kubernetes/hpa.yaml")),
            ("monitoring", try Shipped.text("docs/monitoring/README.md")), ("kubernetes", try Shipped.text("docs/kubernetes/README.md")),
            ("operations", try Shipped.text("docs/operations.md")),
        ] {
            let named = Self.names(in: text)
            #expect(!named.isEmpty && named.isSubset(of: served), "\(place): \(named.subtracting(served).sorted())")
        }
    }
}
