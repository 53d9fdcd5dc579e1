import ClusterFixture
import Host
import KafkaClient
import KafkaSimulator
import Repository
import Resources
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// A target of which a broker is registered and down: its configs cannot be read. Those of others can be put back all the same.
@Suite(.timeLimit(.minutes(2))) struct DownBrokerTargetTests {
    @Test func onlyTheConfigsOfThatBrokerAreHindered() async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        let snapshot = try await ClusterFixture.simulated { source, _ in
            let written = try await source.client.alterConfigs([
                ConfigChange(.clusterDefault, ["log.cleaner.backoff.ms": .set("12345")]),
                ConfigChange(.broker(1), ["log.cleaner.backoff.ms": .set("23456")]),
            ])
            #expect(written.count == 2 && written.values.allSatisfy(\.isDone), "\(written)")
            return try await Capture(
                source: source, repository: repository, kinds: [ClusterKind(), BrokerConfigsKind()],
                options: Capture.Options(toolVersion: "test"), time: HostTime()
            ).run().snapshot
        }
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1, 2, 3, 4]
        try await ClusterFixture.simulated(configuration) { target, cluster in
            await cluster.killBroker(4)
            var options = RestoreOptions()
            options.selection = Selection(only: [try .init("broker-configs")])
            let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
            #expect(plan.conflicts == [], "\(plan.conflicts)")
            #expect(plan.steps.map(\.id) == [ResourceID(""), ResourceID("1")], "\(plan.steps)")
            #expect(plan.losses.count == 1 && plan.losses[0].why.contains("configs of broker 4"), "\(plan.losses)")
            let report = try await Replay(repository: repository, target: target, time: HostTime(), chance: HostChance()).run(plan)
            #expect(report.differences == [] && report.failed.isEmpty && report.verdict == .partial, "\(report.verdict)")
        }
    }

    @Test func whatIsWantedOfTheBrokerItselfIsAConflict() {
        let kind = BrokerConfigsKind()
        func document(_ id: String) -> Document { Document(id: ResourceID(.init(id)), body: .object([:])) }
        var state = SectionState.stable
        state.unread = ["configs of broker 4", "the configs of broker 5", "the configs of the default of all brokers"].map {
            SectionState.UnreadPart(what: $0, why: "it is not up")
        }
        let observed = Observation(
            kind: .brokerConfigs, state: state, places: [state.unread[0]: "4", state.unread[1]: "5"])
        func hindrances(_ ids: [String]) -> [Int] {
            kind.hindrances(in: observed, to: ids.map(document)).compactMap { state.unread.firstIndex(of: $0) }
        }
        #expect(hindrances(["", "1"]) == [2])
        #expect(hindrances(["4"]) == [0, 2] && hindrances(["5", "1"]) == [1, 2])
    }
}
