import ArgumentParser
import Bytes
import Monitoring
import NIOConcurrencyHelpers
import Seams

/// `--metrics-file`: what a one-shot run leaves for Prometheus.
struct MetricsFileOptions: ParsableArguments {
    @Option(
        name: .customLong("metrics-file"),
        help: ArgumentHelp(
            "Leave metrics in this file however the run ends, for node_exporter's textfile collector (a name that ends in .prom); "
                + "else TIDEMARK_METRICS_FILE.",
            valueName: "file"), completion: .file(extensions: ["prom"]))
    var path: String?

    /// Runs `body`, and leaves what it told in the file, whether it ended well or not.
    func leaving(_ desk: Desk, _ body: (OneShotRecord) async throws -> ExitCode) async throws -> ExitCode {
        let path = path ?? desk.shell.variable("TIDEMARK_METRICS_FILE")
        let record = OneShotRecord(isAsked: path != nil)
        guard let path else { return try await body(record) }
        let file = MetricsFile(path: path)
        do {
            let code = try await body(record)
            return write(record, code, file, desk) ? code : code.or(.outputLost)
        } catch {
            let isInterrupted = Task.isCancelled || error is CancellationError
            _ = write(record, isInterrupted ? .interrupted : Explanation(of: error).exitCode, file, desk)
            throw error
        }
    }

    private func write(_ record: OneShotRecord, _ code: ExitCode, _ file: MetricsFile, _ desk: Desk) -> Bool {
        let now = desk.shell.time.now()
        var samples = record.samples(code).filter { $0.metric.places.contains(.file) }
        samples += kept(file, beside: samples, at: now)
        samples += [
            Sample(.buildInfo, [.init(Release.version)], 1), Sample(.fileExitCode, Int(code.rawValue)), Sample(.fileWritten, now.seconds),
        ]
        do throws(MetricsFileError) {
            try file.write(Exposition.render(samples), desk.shell.chance)
            return true
        } catch {
            desk.warn(
                "the metrics file \(file.path) is not written: \(error.message). Give a path in a folder that this user may write to.")
            return false
        }
    }

    /// A run that could not learn when the last success of one of its clusters was must not make it forgotten. Of clusters that it does not
    /// tell of at all nothing is kept, unless it tells of none: the policy has them no more. Nor is a moment kept that is yet to come.
    private func kept(_ file: MetricsFile, beside samples: [Sample], at now: Timestamp) -> [Sample] {
        let told = samples.filter { $0.metric.labels.first == "cluster" }
        // One whose name it never learned is none.
        let clusters = Set(told.compactMap(\.labels.first).filter { $0 != "" })
        let known = Set(told.map { [ByteString($0.metric.name)] + $0.labels })
        return (file.read() ?? []).split(separator: 0x0a).compactMap { Sample(line: $0) }.filter { sample in
            guard sample.metric == .lastSuccess || sample.metric == .recoveryPoint, let cluster = sample.labels.first else { return false }
            guard sample.value <= now.seconds else { return false }
            return (clusters.isEmpty || clusters.contains(cluster)) && !known.contains([ByteString(sample.metric.name)] + sample.labels)
        }
    }
}

/// What a run tells, as far as it came.
final class OneShotRecord: Sendable {
    /// Whether anybody asked for it.
    let isAsked: Bool
    private let told = NIOLockedValueBox<@Sendable (ExitCode) -> [Sample]>({ _ in [] })

    init(isAsked: Bool) { self.isAsked = isAsked }

    /// From now on this is told, with the exit code that the run ends with.
    func tell(_ samples: @escaping @Sendable (ExitCode) -> [Sample]) { told.withLockedValue { $0 = samples } }

    func samples(_ code: ExitCode) -> [Sample] { told.withLockedValue { $0 }(code) }
}
