import Foundation
import Host
import KafkaSimulator

/// The simulated cluster in a process of its own, so that what is measured beside it is Tidemark's memory alone.
enum ClusterProcess {
    /// Prints the bootstrap servers on one line, then serves until standard input ends.
    static func run() async throws {
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            FileHandle.standardOutput.write(Data("\(cluster.bootstrapServers)\n".utf8))
            while readLine() != nil {}
        }
    }
}
