extension Exposition.Format {
    /// What a scraper that sends this `Accept` header likes best, of what there is; Prometheus' own where it does not say.
    public static func preferred(by accept: String?) -> Exposition.Format {
        var weights: [Exposition.Format: Double] = [:]
        for range in (accept ?? "").lowercased().filter({ $0 != " " }).split(separator: ",") {
            let parts = range.split(separator: ";")
            let parameters = parts.dropFirst()
            let weight = parameters.first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            let version = parameters.first { $0.hasPrefix("version=") }?.dropFirst("version=".count)
            switch parts.first {
            case "application/openmetrics-text" where version.map { $0 == "1.0.0" } ?? true:
                weights[.openMetrics] = max(weights[.openMetrics] ?? 0, weight)
            case "text/plain" where version.map { $0 == "0.0.4" } ?? true:
                weights[.prometheus] = max(weights[.prometheus] ?? 0, weight)
            default: break
            }
        }
        return (weights[.openMetrics] ?? 0) > (weights[.prometheus] ?? 0) ? .openMetrics : .prometheus
    }
}
