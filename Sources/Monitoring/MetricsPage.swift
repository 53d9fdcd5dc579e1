extension Metric {
    /// Every metric with its labels and sentence, in Markdown: the end of docs/metrics.md.
    public static var reference: String {
        let sections: [(title: String, metrics: [Metric])] = [
            ("Jobs", ofAgent), ("The last backup", ofBackup), ("The repository", ofRepository), ("The cluster", ofCluster),
            ("The file of a one-shot run", ofFile),
        ]
        return sections.map { title, metrics in
            let rows = metrics.map { metric in
                let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
                let places = Place.allCases.filter { metric.places.contains($0) }.map(\.rawValue).joined(separator: ", ")
                return "| `\(metric.name)` | \(metric.sort.rawValue) | \(labels.isEmpty ? "–" : labels) | \(places) | \(metric.help). |"
            }
            return """
                ## \(title)

                | metric | type | labels | in | meaning |
                |---|---|---|---|---|
                \(rows.joined(separator: "\n"))

                """
        }.joined(separator: "\n")
    }
}
