import ClusterFixture
import Host
import KafkaClient
import KafkaSimulator
import Repository
import Resources
import Storage
import Testing

@testable import Recovery

/// A cluster that does not tell its id has no lineage of its own: two such would be one.
@Suite(.timeLimit(.minutes(1))) struct NamelessClusterTests {
    @Test func itIsNeitherBackedUpNorRestoredOnto() async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, _ in
            _ = try await Capture(source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime())
                .run()
        }
        let snapshots = try await repository.snapshots()
        let snapshot = try #require(snapshots.first).id
        var nameless = SimulatorConfiguration()
        nameless.clusterID = ""
        try await ClusterFixture.simulated(nameless) { source, _ in
            let backup = await #expect(throws: RecoveryError.self) {
                try await Capture(source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime())
                    .run()
            }
            #expect(backup?.code == .conflict && backup?.message.contains("do not tell their cluster's id") == true)
            await #expect(throws: RecoveryError.self) {
                try await Planning(repository: repository, snapshot: snapshot, target: source, options: RestoreOptions()).run()
            }
            await #expect(throws: RecoveryError.self) { try await RestorePlace(source) }
        }
        #expect(try await repository.snapshots().count == 1)
    }
}
