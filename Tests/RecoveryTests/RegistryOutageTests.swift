import Bytes
import ClusterFixture
import Host
import KafkaSimulator
import Repository
import Resources
import SchemaRegistryClient
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// A registry that is down is a section that was not read: nobody knows whether anything is gone, and nothing counts as gone before it is back.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RegistryOutageTests {
    private func capture(
        _ source: Source, _ repository: Repository, accepting: Set<KindName> = []
    ) async throws -> CaptureReport {
        var options = Capture.Options(toolVersion: "test")
        options.acceptedShrinkage = accepting
        return try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
    }

    @Test func anOutageIsAPartialSnapshotAndNoMeasureOfTheNext() async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(time: HostTime()) { simulated, url in
                try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: url) { source in
                    let registry = try #require(source.registry)
                    let subjects = (0..<12).map { ByteString("s\($0)") }
                    for subject in subjects {
                        _ = try await registry.register(Registration(schema: Schema(text: "\"int\"")), under: subject)
                    }
                    let whole = try await capture(source, repository)
                    #expect(whole.manifest.certificate.grade == .stable)

                    // Nothing listens there.
                    try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: "http://127.0.0.1:1") { source in
                        for _ in 0..<2 {
                            let outage = try await capture(source, repository)
                            #expect(outage.manifest.certificate.grade == .partial && outage.shrinkage.isEmpty)
                            #expect(outage.manifest.certificate.reasons.map { $0.prefix(16) } == ["schemas: unread:"])
                            #expect(outage.partialHint?.contains("bring back what is down, and back up again") == true)
                            #expect(outage.suspicionHint("tidemark backup") == nil)
                            // Whoever would restore it reads which one has what it lacks.
                            var options = RestoreOptions()
                            options.allowSameCluster = true
                            let plan = try await Planning(
                                repository: repository, snapshot: outage.snapshot, target: source, options: options
                            ).run()
                            let loss = try #require(plan.losses.first { $0.kind == .schemas })
                            #expect(loss.why.contains("; snapshot \(whole.snapshot.short) of ") && plan.losses.count == 1, "\(plan.losses)")
                        }
                        let error = await #expect(throws: RecoveryError.self) {
                            try await capture(source, repository, accepting: [.schemas])
                        }
                        #expect(error?.message.contains("schemas could not be read as a whole") == true)
                        #expect(error?.hint.contains("bring back what is down") == true)
                    }

                    // It is back, and has lost most; of what is left a part is refused.
                    for subject in subjects.dropFirst(3) {
                        for isForGood in [false, true] { _ = try await registry.delete(subject, forGood: isForGood) }
                    }
                    simulated.inject(.status(403), of: "GET", holding: "/config/s1?")
                    let refused = try await capture(source, repository)
                    #expect(refused.manifest.certificate.grade == .suspect)
                    #expect(refused.shrinkage.map(\.against) == [whole.snapshot], "\(refused.shrinkage)")
                    let hint = try #require(refused.suspicionHint("tidemark backup"))
                    #expect(hint.hasPrefix("schemas could not be read as a whole") && !hint.contains("accept"), "\(hint)")
                    let suspect = try await capture(source, repository)
                    #expect(suspect.manifest.certificate.grade == .suspect && suspect.shrinkage.map(\.against) == [whole.snapshot])
                    #expect(suspect.suspicionHint("tidemark backup")?.contains("--accept-shrinkage schemas") == true)
                    #expect(try await capture(source, repository, accepting: [.schemas]).manifest.certificate.grade == .stable)
                }
            }
        }
    }
}
