import Bytes
import ClusterFixture
import Host
import KafkaSimulator
import Repository
import Resources
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// Thousands of gaps, unread parts and moved resources do not make a manifest long, are written once, and are all read again.
@Suite(.timeLimit(.minutes(3))) struct LongListTests {
    /// A kind of which nearly everything is withheld.
    private struct WithheldKind: Kind {
        let count: Int
        var name: KindName { .topics }
        var stage: Stage { .topics }

        func observe(_ sweep: Sweep) async throws -> Observation {
            let ids = (0..<count).map { ResourceID(ByteString("topic-\($0)")) }
            var state = SectionState.stable
            state.unread = ids.map { .init(what: "configs of topic \($0)", why: "TOPIC_AUTHORIZATION_FAILED") }
            var evidence = SectionState.stable
            evidence.moved = ids
            return Observation(
                kind: name, desired: [], evidence: [], state: state, evidenceState: evidence,
                gaps: ids.map { Gap(kind: name, id: $0, what: "config secret", why: "brokers do not tell the values of sensitive configs") }
            )
        }

        func propose(_ wanted: [Document], _ context: ProposalContext) async throws -> Proposal { Proposal() }
        func apply(_ steps: [Step], to target: Source, done: @Sendable (Step, StepOutcome) async throws -> Void) async throws {}
    }

    @Test func fiveThousandGapsMakeNoLongManifestAndAnUnchangedSnapshotWritesItAlone() async throws {
        try await withSource { source, repository in
            let kind = WithheldKind(count: 5000)
            let first = try await capture(kind, source, repository)
            let second = try await capture(kind, source, repository)
            for report in [first, second] {
                #expect(report.manifest.canonicalBytes.count < 8192, "\(report.manifest.canonicalBytes.count)")
                #expect(report.manifest.gapCount == 5000 && report.manifest.gaps.count == LongList.longest)
                #expect(report.manifest.certificate.grade == .partial)
                #expect(report.manifest.certificate.reasons.contains { $0.contains("5000 gaps") }, "\(report.manifest.certificate)")
                let section = try #require(report.manifest.section(.topics, .desired))
                #expect(section.state.unreadCount == 5000 && !section.state.isComplete)
                #expect(section.state.summary.hasPrefix("5000 unread"))
            }
            // The manifest, and nothing else.
            #expect(second.objectsWritten <= 1 && second.isUnchanged, "\(second.objectsWritten)")
            #expect(second.bytesWritten <= 8192, "\(second.bytesWritten)")

            let manifest = try await repository.manifest(second.snapshot)
            #expect(manifest == second.manifest, "it is read as it was written")
            #expect(Set(try await repository.gaps(of: manifest)) == Set(try await kind.observe(Sweep(source)).gaps))
            let observed = try await kind.observe(Sweep(source))
            for (part, whole) in [(Part.desired, observed.state), (.evidence, observed.evidenceState)] {
                let read = try await repository.state(of: try #require(manifest.section(.topics, part)), in: manifest)
                #expect(Set(read.unread) == Set(whole.unread) && Set(read.moved) == Set(whole.moved))
                #expect(read.moreUnread == 0 && read.moreMoved == 0)
            }
            var options = RestoreOptions()
            options.allowSameCluster = true
            let plan = try await Planning(
                repository: repository, snapshot: second.snapshot, target: source, options: options, kinds: [kind]
            ).run()
            #expect(plan.losses.filter { $0.id != nil }.count == 5000, "each gap is a loss")
            let check = try await repository.check(readData: true)
            #expect(check.findings.isEmpty && check.objects > 0, "\(check.findings.prefix(3))")
        }
    }

    @Test func aFewStandInTheManifestAlone() async throws {
        try await withSource { source, repository in
            let report = try await capture(WithheldKind(count: LongList.longest), source, repository)
            #expect(report.manifest.section(.topics, .gaps) == nil && report.manifest.moreGaps == 0)
            #expect(report.manifest.gaps.count == LongList.longest)
            #expect(try await repository.gaps(of: report.manifest) == report.manifest.gaps)
        }
    }

    // MARK: Steps

    private func withSource(_ body: @Sendable (Source, Repository) async throws -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        try await ClusterFixture.simulated(configuration) { source, _ in
            let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
            try await body(source, repository)
        }
    }

    private func capture(_ kind: any Kind, _ source: Source, _ repository: Repository) async throws -> CaptureReport {
        try await Capture(
            source: source, repository: repository, kinds: [kind], options: Capture.Options(toolVersion: "test"), time: HostTime()
        ).run()
    }
}
