import Bytes
import Host
import KafkaClient
import Repository
import Resources
import SnapshotModel
import Storage
import Testing
import Waiting

@testable import Recovery

/// A cluster with users and rules whose topics are lost, put back by a user with half the rights: on a simulated cluster, and on a real one
/// (see ``SecuredStage``).
@Suite(.serialized, .timeLimit(.minutes(5))) struct SecureRestoreTests {
    @Test(arguments: SecuredStage.here) func halfTheRightsAreEnoughForTheHalfThatTheyAreFor(_ stage: SecuredStage) async throws {
        try await stage.run { admin, half, prefix in
            let (repository, snapshot) = try await snapshotAndLose(admin, prefix)
            try await SecuredStage.allow(admin, half.user, rights(on: prefix + "open"))
            try await SecuredStage.withClient(half.configuration) { client in
                let target = Source(client: client, registry: nil, time: HostTime())
                let plan = try await plan(repository, snapshot, target, ["open"], prefix)
                #expect(plan.conflicts == [])
                // The snapshot holds a selection: that is all that is lost.
                #expect(plan.losses.map(\.kind) == [.cluster], "\(plan.losses)")
                #expect(plan.notes.allSatisfy { $0.kind != .topics }, "\(plan.notes)")
                #expect(Set(plan.steps.map(\.action)) == ["create", "commit"], "\(plan.steps)")
                let report = try await replay(repository, target).run(plan)
                #expect(report.failed.isEmpty && report.differences.isEmpty && report.problems.isEmpty)
                // Who may not see everything cannot prove that there is nothing else: said, and no success.
                #expect(Set(report.unproved.map(\.kind)).isSubset(of: [.topics, .consumerGroups]), "\(report.unproved)")
                #expect(!report.unproved.isEmpty)
                #expect(report.verdict == .partial && report.entries.count == plan.steps.count)
            }
            let topic = try #require(try await admin.describeTopics([prefix + "open"]).first)
            #expect(topic.partitions.count == 2)
        }
    }

    @Test(arguments: SecuredStage.here) func whatTheUserMayNotDoIsToldBeforeAndNothingIsDone(_ stage: SecuredStage) async throws {
        try await stage.run { admin, half, prefix in
            let (repository, snapshot) = try await snapshotAndLose(admin, prefix)
            let shut = prefix + "shut"
            let seen: [(AclOperation, AclResourceType, ByteString)] = [
                (.describe, .topic, shut), (.describeConfigs, .topic, shut), (.describe, .group, shut),
            ]
            try await SecuredStage.allow(admin, half.user, rights(on: prefix + "open") + seen)
            try await SecuredStage.withClient(half.configuration) { client in
                let target = Source(client: client, registry: nil, time: HostTime())
                let plan = try await plan(repository, snapshot, target, ["open", "shut"], prefix)
                #expect(plan.principal == "User:" + half.user)
                let lacked = plan.lackedRights
                #expect(lacked.map(\.operation) == [.create, .read, .read], "\(lacked)")
                #expect(lacked.map(\.resource) == [.topic, .group, .topic])
                #expect(lacked.allSatisfy { $0.names == [shut] && $0.ids.allSatisfy { $0.parts[0] == shut } }, "\(lacked)")
                let error = await #expect(throws: RecoveryError.self) { try await replay(repository, target).run(plan) }
                #expect(error?.code == .rights && error?.hint.contains("--operation Create --topic \(shut)") == true)
            }
            let there = try await admin.describeTopics(nil).map(\.name)
            #expect(!there.contains(prefix + "open") && !there.contains(shut), "half of it would be half done")
        }
    }

    @Test(arguments: SecuredStage.here) func rightsThatAreLostMeanwhileFailTheStepsByName(_ stage: SecuredStage) async throws {
        try await stage.run { admin, half, prefix in
            let (repository, snapshot) = try await snapshotAndLose(admin, prefix)
            try await SecuredStage.allow(admin, half.user, rights(on: prefix + "open"))
            try await SecuredStage.withClient(half.configuration) { client in
                let target = Source(client: client, registry: nil, time: HostTime())
                let plan = try await plan(repository, snapshot, target, ["open"], prefix)
                #expect(plan.conflicts == [])
                let denial = AclBinding(
                    .deny, "User:" + half.user, .read, .group, prefix + "open", patternType: .prefixed)
                #expect(try await admin.createAcls([denial])[denial]?.isDone == true)
                // Brokers learn of it one after the other. The group that asks is another one, and its topic is not there: nothing is made.
                try await until("the denial is known") {
                    let written = try await client.commitOffsets(
                        group: prefix + "open-probe", [TopicPartition(prefix + "open", 0): CommittedOffset(offset: 0, metadata: "")])
                    return written.values.allSatisfy { $0.error.isAuthorizationFailure }
                }
                let report = try await replay(repository, target).run(plan)
                #expect(report.verdict == .validationFailed, "\(report.entries)")
                #expect(report.failed.map(\.step.kind) == [.consumerGroups], "\(report.failed)")
                #expect(report.entries.contains { $0.step.kind == .topics && $0.outcome == .done })
            }
        }
    }

    @Test(arguments: SecuredStage.here) func healthSaysWhatThisUserMayNotLookAt(_ stage: SecuredStage) async throws {
        try await stage.run { admin, half, prefix in
            try await SecuredStage.allow(admin, half.user, [(.describe, .topic, prefix + "open")])
            let whole = try await HealthCheck(Source(client: admin, registry: nil, time: HostTime())).run(.full)
            #expect(!whole.findings.contains { $0.severity == .failure }, "\(whole.findings)")
            try await SecuredStage.withClient(half.configuration) { client in
                for probe in HealthCheck.Probe.allCases {
                    let report = try await HealthCheck(Source(client: client, registry: nil, time: HostTime())).run(probe)
                    #expect(!report.findings.contains { $0.severity == .failure }, "\(probe): \(report.findings)")
                    guard probe == .full else { continue }
                    let quorum = try #require(report.findings.first { $0.check == "quorum" })
                    #expect(quorum.severity == .warning, "what may not be looked at is not well: \(quorum)")
                    #expect(report.findings.contains { $0.severity == .warning && $0.detail.contains("may be hidden from this user") })
                }
            }
        }
    }

    // MARK: Steps

    /// What a restore of one topic and of the group of the same name takes.
    private func rights(on name: ByteString) -> [(AclOperation, AclResourceType, ByteString)] {
        [.create, .describe, .describeConfigs, .alter, .alterConfigs, .read].map { ($0, .topic, name) }
            + [(.describe, .group, name), (.read, .group, name)]
    }

    /// A super user's snapshot of the prefix's topics and groups, which are gone afterwards.
    private func snapshotAndLose(_ admin: KafkaClient, _ prefix: ByteString) async throws -> (Repository, SnapshotID) {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        var options = Capture.Options(toolVersion: "test")
        options.selection = Selection(only: [try .init("topics:\(prefix)*"), try .init("consumer-groups:\(prefix)*")])
        let source = Source(client: admin, registry: nil, time: HostTime())
        let report = try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
        #expect([.stable, .moved].contains(report.manifest.certificate.grade), "\(report.manifest.certificate)")
        let names = ["open", "shut"].map { prefix + ByteString($0) }
        _ = try await admin.deleteGroups(try await admin.listGroups().value.filter { names.contains($0.id) })
        _ = try await admin.deleteTopics(names)
        var clear = 0
        try await until("the topics are gone") {
            clear = try await admin.describeTopics(nil).contains { $0.name.hasPrefix(prefix) } ? 0 : clear + 1
            return clear >= 2
        }
        return (repository, try await repository.resolve("latest"))
    }

    private func plan(
        _ repository: Repository, _ snapshot: SnapshotID, _ target: Source, _ names: [String], _ prefix: ByteString
    ) async throws -> Plan {
        var options = RestoreOptions()
        options.offsets = .exact
        options.allowSameCluster = true
        options.selection = Selection(
            only: try names.flatMap { [try .init("topics:\(prefix)\($0)"), try .init("consumer-groups:\(prefix)\($0)")] })
        return try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
    }

    private func replay(_ repository: Repository, _ target: Source) -> Replay {
        Replay(repository: repository, target: target, time: HostTime(), chance: HostChance())
    }
}
