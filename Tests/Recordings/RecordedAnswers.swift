import Foundation

/// What a real Apache Kafka 4.1.1 answered to odd requests: lines of a name, a tab and the answer, in a form of the asking tests' own.
public enum RecordedAnswers {
    public static let byProbe: [String: String] = load()

    private static func load() -> [String: String] {
        let url = Bundle.module.bundleURL.appendingPathComponent("Fixtures/apache-kafka-4.1.1-odd-requests.tsv")
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [:] }
        let rows = text.split(separator: "\n").map { $0.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false) }
        return Dictionary(rows.compactMap { $0.count == 2 ? (String($0[0]), String($0[1])) : nil }) { first, _ in first }
    }
}
