import Foundation
import Recordings
import Testing

@testable import KafkaSimulator

/// The same odd requests to the simulator and, with `TIDEMARK_TEST_BOOTSTRAP` set, to that cluster: both must give what is
/// written down, which a real Apache Kafka 4.1.1 gave. A real cluster needs two brokers, `share.version` 1, `kraft.version` 0, and must
/// let its anonymous user do everything.
@Suite("The simulator answers odd requests as a real broker does")
struct DifferentialTests {
    @Test("The simulator gives what is written down")
    func simulator() async throws {
        try await ProbedCluster.simulated { try await Self.judge($0) }
    }

    @Test(
        "So does the real cluster", .enabled(if: ProcessInfo.processInfo.environment["TIDEMARK_TEST_BOOTSTRAP"] != nil))
    func realCluster() async throws {
        try await ProbedCluster.run(try #require(ProcessInfo.processInfo.environment["TIDEMARK_TEST_BOOTSTRAP"])) {
            try await Self.judge($0)
        }
    }

    @Test("Every probe has its answer, and every answer its probe")
    func written() {
        #expect(Set(Probe.all.map(\.name)).count == Probe.all.count)
        #expect(Set(Probe.all.map(\.name)) == Set(RecordedAnswers.byProbe.keys))
        #expect(Probe.all.count > 450)
    }

    private static func judge(_ cluster: ProbedCluster) async throws {
        for probe in Probe.all {
            let (found, written) = (try await probe.ask(cluster), RecordedAnswers.byProbe[probe.name])
            #expect(found == written, "\(probe.name)")
        }
    }
}
