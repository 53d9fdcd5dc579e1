import Foundation
import Testing

@testable import KafkaProtocol

/// docs/kafka-compatibility.md says what the definitions say.
@Suite struct CompatibilityPageTests {
    @Test func thePageListsEveryCallWithItsVersions() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/kafka-compatibility.md").standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        for type in Messages.all {
            let flexible = type.flexibleSince.map { "\($0)" } ?? "never"
            let row =
                "| \(type.api.rawValue) | \(type.api) | \(type.versions.lowerBound)–\(type.versions.upperBound) | \(flexible) |"
            #expect(text.contains(row), "the page lacks: \(row)")
        }
        let rows = text.split(separator: "<!-- calls -->").last?.split(separator: "<!-- /calls -->").first?.split(separator: "\n") ?? []
        #expect(rows.count == Messages.all.count + 2)
    }
}
