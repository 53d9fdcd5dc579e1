import Bytes
import Host
import KafkaClient
import Repository
import Resources
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// A cluster with users and rules, backed up by a super user and by one with half the rights: on a simulated cluster, and on the
/// real one that `TIDEMARK_TEST_SECURE_BOOTSTRAP` and `TIDEMARK_TEST_SECURE_CONFIG` (its super user's client.properties) name.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SecureCaptureTests {
    @Test(arguments: SecuredStage.here) func aSuperUsersBackupIsWhole(_ stage: SecuredStage) async throws {
        try await stage.run { admin, _, prefix in
            let report = try await capture(admin, only: prefix)
            #expect([.stable, .moved].contains(report.manifest.certificate.grade), "\(report.manifest.certificate)")
            for kind in [KindName.topics, .consumerGroups] {
                let section = try #require(report.sections.first { $0.kind == kind })
                #expect(section.state.limited == nil && section.state.unread.isEmpty, "\(section.state)")
                #expect(section.desired == 2)
            }
        }
    }

    @Test(arguments: SecuredStage.here) func aBackupWithHalfTheRightsSaysWhatIsMissing(_ stage: SecuredStage) async throws {
        try await stage.run { admin, half, prefix in
            // Half the rights: the open topic with its configs, every group, and nothing of the cluster.
            try await SecuredStage.allow(
                admin, half.user,
                [(.describe, .topic, prefix + "open"), (.describeConfigs, .topic, prefix + "open"), (.describe, .group, prefix)])
            try await SecuredStage.withClient(half.configuration) { client in
                let report = try await capture(client, only: prefix)
                #expect(report.manifest.certificate.grade == .partial, "\(report.manifest.certificate)")
                let topics = try #require(report.sections.first { $0.kind == .topics })
                #expect(topics.state.limited != nil)
                #expect(topics.desired == 1)
                let groups = try #require(report.sections.first { $0.kind == .consumerGroups })
                #expect(groups.state.limited != nil)
                #expect(groups.desired == 1)
                let configs = try #require(report.sections.first { $0.kind == .brokerConfigs })
                #expect(configs.desired == 0)
                #expect(configs.state.outcome != .captured || !configs.state.unread.isEmpty)
                let health = try await HealthCheck(Source(client: client, registry: nil, time: HostTime())).run(.full)
                #expect(
                    health.findings.contains { $0.severity == .warning && $0.detail.contains("may be hidden from this user") },
                    "a report on the half that is seen says so: \(health.findings)")
                let ready = try await HealthCheck(Source(client: client, registry: nil, time: HostTime())).run(.readiness)
                #expect(
                    ready.findings.contains { $0.check == "metadata" && $0.severity == .warning && $0.detail.contains("hidden") },
                    "and so does a probe: \(ready.findings)")
            }
            let whole = try await HealthCheck(Source(client: admin, registry: nil, time: HostTime())).run(.readiness)
            #expect(whole.findings.allSatisfy { $0.check != "metadata" || $0.severity == .ok }, "\(whole.findings)")
        }
    }

    @Test(arguments: SecuredStage.here) func whoMayDescribeTheClusterKnowsThatATopicIsHidden(_ stage: SecuredStage) async throws {
        try await stage.run { admin, half, prefix in
            try await SecuredStage.allow(
                admin, half.user,
                [
                    (.describe, .cluster, "kafka-cluster"), (.describeConfigs, .cluster, "kafka-cluster"), (.describe, .topic, "*"),
                    (.describeConfigs, .topic, "*"), (.describe, .group, "*"), (.describe, .transactionalID, "*"),
                ])
            let denial = AclBinding(.deny, "User:" + half.user, .describe, .topic, prefix + "shut")
            #expect(try await admin.createAcls([denial])[denial]?.isDone == true)
            try await SecuredStage.withClient(half.configuration) { client in
                let report = try await capture(client, only: prefix)
                #expect(report.manifest.certificate.grade == .partial, "\(report.manifest.certificate)")
                let topics = try #require(report.sections.first { $0.kind == .topics })
                #expect(topics.state.limited?.contains("hidden") == true, "\(topics.state)")
                #expect(topics.desired == 1)
            }
        }
    }

    private func capture(_ client: KafkaClient, only prefix: ByteString) async throws -> CaptureReport {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        var options = Capture.Options(toolVersion: "test")
        options.selection = Selection(only: [
            try .init("topics:\(prefix)*"), try .init("consumer-groups:\(prefix)*"), try .init("broker-configs"),
        ])
        return try await Capture(
            source: Source(client: client, registry: nil, time: HostTime()), repository: repository, options: options, time: HostTime()
        ).run()
    }
}
