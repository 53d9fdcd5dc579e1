import Bytes

/// Samples as text, for whoever scrapes them.
public struct Exposition: Sendable {
    public enum Format: Sendable, CaseIterable {
        /// Prometheus' text format 0.0.4.
        case prometheus
        /// OpenMetrics 1.0.
        case openMetrics

        public var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    private let format: Format
    private(set) var bytes: [UInt8] = []

    /// Families in the order of ``Metric/all``, series by their labels' bytes. Of several samples of one series the first counts: two
    /// names that are not UTF-8 may look alike, and a scraper refuses what is there twice.
    public static func render(_ samples: [Sample], as format: Format = .prometheus) -> [UInt8] {
        var text = Exposition(format: format)
        let byMetric = Dictionary(grouping: samples, by: \.metric.name)
        for metric in Metric.all { text.family(metric, byMetric[metric.name] ?? []) }
        if format == .openMetrics { text.add("# EOF\n") }
        return text.bytes
    }

    private init(format: Format) { self.format = format }

    private mutating func family(_ metric: Metric, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        let name = format == .openMetrics ? metric.family : metric.name
        add("# HELP \(name) \(Self.help(metric.help, format))\n# TYPE \(name) \(metric.sort.rawValue)\n")
        if format == .openMetrics, let unit = metric.unit { add("# UNIT \(name) \(unit)\n") }
        var told: Set<ByteString> = []
        let series = samples.map { (labels: Self.labels($0), value: $0.value) }.sorted { $0.labels < $1.labels }
        for (labels, value) in series where told.insert(labels).inserted {
            add(metric.name)
            bytes += labels.bytes
            add(" \(Self.number(value))\n")
        }
    }

    private mutating func add(_ text: String) { bytes += Array(text.utf8) }

    static func help(_ text: String, _ format: Format) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        // OpenMetrics wants quotes escaped here, too; the older format has them as they are.
        return format == .openMetrics ? escaped.replacing("\"", with: "\\\"") : escaped
    }

    private static func labels(_ sample: Sample) -> ByteString {
        guard !sample.labels.isEmpty else { return "" }
        var bytes: [UInt8] = []
        for (name, value) in zip(sample.metric.labels, sample.labels) {
            bytes += Array("\(bytes.isEmpty ? "{" : ",")\(name)=\"".utf8)
            for byte in text(value) {
                switch byte {
                case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
                case UInt8(ascii: "\""): bytes += Array("\\\"".utf8)
                case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
                default: bytes.append(byte)
                }
            }
            bytes.append(UInt8(ascii: "\""))
        }
        return ByteString(bytes: bytes + [UInt8(ascii: "}")])
    }

    /// A name as it is; one that is not UTF-8 spelled out, since both formats are.
    private static func text(_ name: ByteString) -> [UInt8] { name.validText == nil ? Array(name.escaped.utf8) : name.bytes }

    /// Whole numbers without a fraction or an exponent, as far as they are exact.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).flatMap { abs(value) <= 9_007_199_254_740_992 ? "\($0)" : nil } ?? "\(value)"
    }
}
