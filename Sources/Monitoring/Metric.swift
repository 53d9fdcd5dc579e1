/// One metric: its name, what it counts, and the labels of its series. All there are stand in ``all``.
public struct Metric: Sendable, Hashable {
    public enum Sort: String, Sendable {
        case gauge, counter
    }

    /// Who tells it.
    public enum Place: String, Sendable, CaseIterable {
        /// `/metrics` of an agent.
        case agent
        /// The file that a one-shot run leaves.
        case file
    }

    /// As Prometheus' conventions have it: ends in its base unit, a counter in `_total`.
    public let name: String
    public let sort: Sort
    /// In the order in which a sample gives their values.
    public let labels: [String]
    /// A sentence without its full stop, for people.
    public let help: String
    public let places: Set<Place>

    init(_ name: String, _ labels: [String] = [], sort: Sort = .gauge, in places: Set<Place> = [.agent, .file], _ help: String) {
        self.name = name
        self.sort = sort
        self.labels = labels
        self.help = help
        self.places = places
    }

    /// The name of its family in OpenMetrics: of a counter without `_total`.
    var family: String { sort == .counter ? String(name.dropLast("_total".count)) : name }

    /// Nil where its values have none.
    var unit: String? { ["seconds", "bytes"].first { family.hasSuffix("_\($0)") && !family.hasSuffix("_per_\($0)") } }
}

extension Metric {
    /// In the order in which they are told.
    public static let all: [Metric] = ofAgent + ofBackup + ofRepository + ofCluster + ofFile
}
