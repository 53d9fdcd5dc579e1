import Bytes
import KafkaClient
import Monitoring
import Resources
import Seams
import SnapshotModel
import Testing

@testable import Agent
@testable import Recovery
@testable import Repository

@Suite struct MeasuresTests {
    private func value(_ samples: [Sample], _ metric: Metric, _ labels: ByteString...) -> Double? {
        samples.first { $0.metric == metric && $0.labels == labels }?.value
    }

    // MARK: Jobs

    @Test("a job's failures, counts and exit code, from nothing known to well again")
    func jobs() throws {
        var stage = AgentStage()
        var samples = stage.machine.status(at: stage.moment).samples
        #expect(value(samples, .ready) == 0 && value(samples, .lastSuccess, "one", "backup") == nil)
        #expect(value(samples, .lastExitCode, "one", "backup") == nil, "nothing has run")
        // Without any snapshot the first run is begun at once.
        let run = try #require(
            stage.take(.found(cluster: "one", [:])).compactMap { if case .start(let run) = $0 { run } else { nil } }.first)
        stage.pass(.seconds(7))
        samples = stage.machine.status(at: stage.moment).samples
        #expect(value(samples, .ready) == 1)
        #expect(value(samples, .running, "one", "backup") == 1 && value(samples, .runningDuration, "one", "backup") == 7)
        _ = stage.take(.ended(run.id, .failed(.broken)))
        samples = stage.machine.status(at: stage.moment).samples
        #expect(value(samples, .running, "one", "backup") == 0 && value(samples, .runningDuration, "one", "backup") == nil)
        #expect(value(samples, .failuresInARow, "one", "backup") == 1 && value(samples, .lastExitCode, "one", "backup") == 17)
        #expect(value(samples, .runs, "one", "backup", "failed") == 1 && value(samples, .runs, "one", "backup", "succeeded") == 0)
        #expect(value(samples, .runs, "one", "backup", "by_other") == 0)
        let second = try stage.begun(within: .seconds(900))
        let began = stage.wall
        _ = stage.take(.ended(second.id, .succeeded))
        stage.pass(.seconds(30))
        samples = stage.machine.status(at: stage.moment).samples
        #expect(value(samples, .failuresInARow, "one", "backup") == 0 && value(samples, .lastExitCode, "one", "backup") == 0)
        #expect(value(samples, .lastSuccess, "one", "backup") == Double(began.milliseconds) / 1000)
        #expect(value(samples, .lastSuccessAge, "one", "backup") == 30 && value(samples, .recoveryPointAge, "one") == 30)
        #expect(value(samples, .recoveryPoint, "one") == Double(began.milliseconds) / 1000)
        #expect(try #require(value(samples, .nextDue, "one", "backup")) > Double(stage.wall.milliseconds) / 1000)
        #expect(value(samples, .missed, "one", "backup") == 0)
    }

    @Test("ages are measured: no clock that is set makes one wrong", arguments: [-86_400 * 30, -3600, -5, 5, 3600, 86_400 * 365])
    func ages(_ jump: Int) throws {
        var stage = AgentStage()
        stage.known(ago: .zero)
        let run = try stage.begun(within: .seconds(1000))
        _ = stage.take(.ended(run.id, .succeeded))
        let measures = Measures()
        measures.note(run, Ending(summary: "done", report: Self.report(at: stage.moment, lag: [:], ends: [:])))
        stage.pass(.seconds(60))
        stage.jump(.seconds(jump))
        _ = stage.take(.tick)
        stage.pass(.seconds(3))
        let status = stage.machine.status(at: stage.moment)
        let samples = status.samples + measures.samples(status, at: stage.uptime)
        #expect(value(samples, .lastSuccessAge, "one", "backup") == 63 && value(samples, .recoveryPointAge, "one") == 63)
        #expect(value(samples, .measurementAge, "one") == 63)
        // Nor does one make a success that is yet to come.
        let success = try #require(value(samples, .lastSuccess, "one", "backup"))
        #expect(success <= stage.wall.advanced(by: .seconds(-62)).seconds)
        #expect(value(samples, .recoveryPoint, "one") == success)
        if jump >= 0 { #expect(success == stage.wall.advanced(by: .seconds(-63 - jump)).seconds) }
    }

    @Test("what another agent has done since is no longer told of here, and nothing of it comes back before this one runs again")
    func passedOn() throws {
        let jobs: [Job] = [.backup, .offsets, .retention, .check]
        var stage = AgentStage(
            AgentStage.rules(Dictionary(uniqueKeysWithValues: jobs.map { ($0, JobRules(schedule: AgentStage.every(.seconds(900)))) })))
        stage.known(ago: .zero)
        let run = try stage.begun(within: .seconds(1000))
        let measures = Measures()
        func note(_ job: Job, _ report: any Sendable) {
            let own = Run(id: run.id, cluster: "one", job: job, late: .zero, occurrence: nil, gap: .seconds(900), isTroubled: false)
            measures.note(own, Ending(summary: "done", report: report))
        }
        func told() -> Set<String> { Set(measures.samples(stage.machine.status(at: stage.moment), at: stage.uptime).map(\.metric.name)) }
        func noteAll() {
            for job in [Job.backup, .offsets] { note(job, Self.report(at: stage.moment, lag: [:], ends: [:])) }
            note(.check, CheckReport(didReadData: false))
            note(.retention, RetentionReport(forget: ForgetReport(isRehearsal: false)))
        }
        noteAll()
        let all = told()
        measures.passOn(.check, of: "one")
        #expect(all.subtracting(told()) == ["tidemark_check_snapshots", "tidemark_check_findings"])
        measures.passOn(.retention, of: "one")
        #expect(!told().contains { $0.hasPrefix("tidemark_retention") })
        measures.passOn(.offsets, of: "one")
        #expect(
            told().contains("tidemark_backup_grade")
                && !told().contains { $0.hasPrefix("kafka_") || $0 == "tidemark_measurement_age_seconds" })
        measures.passOn(.backup, of: "one")
        #expect(!told().contains("tidemark_backup_grade"))
        noteAll()
        #expect(told() == all)
    }

    // MARK: Clusters

    static func report(
        at moment: Moment, lag: [ByteString: [TopicPartition: Int64]], ends: [TopicPartition: Int64]
    ) -> CaptureReport {
        let manifest = Manifest(
            tool: .init(name: "test", version: "1"), clusterID: "c", brokers: 3, started: moment.wall, finished: moment.wall, sections: [],
            certificate: Certificate(grade: .moved, reasons: ["so"]))
        var report = CaptureReport(
            snapshot: SnapshotID(bytes: Array(repeating: 7, count: 32))!, manifest: manifest, parent: nil,
            sections: [
                .init(kind: .schemas, desired: 0, evidence: 0, state: .unread("the registry is away"), gaps: 0),
                .init(kind: .topics, desired: 5, evidence: 6, state: .stable, gaps: 0),
                .init(
                    kind: .consumerGroups, desired: 9, evidence: 1,
                    state: SectionState(outcome: .captured, unread: [.init(what: "broker 3", why: "it is dead")]), gaps: 0),
            ], objectsWritten: 3, bytesWritten: 4096, objectsReused: 2, calls: 41, duration: .milliseconds(1250), isUnchanged: false,
            warnings: [])
        report.stages.observe = [
            .init(kind: .topics, duration: .milliseconds(400)), .init(kind: .consumerGroups, duration: .milliseconds(500)),
        ]
        report.stages.write = .milliseconds(250)
        report.measurements = ClusterMeasurements(
            moment: moment.wall, uptime: moment.uptime, brokers: 3, lag: ConsumerLag(positions: lag, ends: ends),
            ends: LogEnds(ends, ids: [:], at: moment.uptime))
        return report
    }

    private func noted(_ reports: [(Duration, CaptureReport)], jobs: [Job] = [.backup]) throws -> [Sample] {
        var stage = AgentStage(
            AgentStage.rules(Dictionary(uniqueKeysWithValues: jobs.map { ($0, JobRules(schedule: AgentStage.every(.seconds(900)))) })))
        stage.known(ago: .zero)
        let run = try stage.begun(within: .seconds(1000))
        let measures = Measures()
        for (_, report) in reports { measures.note(run, Ending(summary: "done", report: report)) }
        return measures.samples(stage.machine.status(at: stage.moment), at: stage.uptime)
    }

    @Test func theLastBackupIsToldByStageSectionAndGrade() throws {
        let moment = Moment(wall: AgentStage.start, uptime: .seconds(1000))
        let samples = try noted([(.zero, Self.report(at: moment, lag: [:], ends: [:]))])
        #expect(value(samples, .backupDuration, "one", "backup") == 1.25 && value(samples, .calls, "one", "backup") == 41)
        #expect(value(samples, .stageDuration, "one", "backup", "observe") == 0.9)
        #expect(value(samples, .stageDuration, "one", "backup", "write") == 0.25)
        #expect(value(samples, .observeDuration, "one", "backup", "topics") == 0.4)
        #expect(value(samples, .sectionComplete, "one", "backup", "topics") == 1)
        #expect(value(samples, .sectionComplete, "one", "backup", "consumer-groups") == 0)
        #expect(value(samples, .unreadParts, "one", "backup", "consumer-groups") == 1)
        #expect(
            value(samples, .unreadParts, "one", "backup", "schemas") == 1 && value(samples, .unreadParts, "one", "backup", "topics") == 0)
        #expect(
            Certificate.Grade.allCases.map { value(samples, .grade, "one", "backup", ByteString($0.rawValue)) } == [0, 1, 0, 0])
        #expect(value(samples, .writtenBytes, "one", "backup") == 4096 && value(samples, .confirmed, "one", "backup") == 0)
        #expect(value(samples, .brokers, "one") == 3)
    }

    @Test("rates are over the time between the two backups that read positions, whatever the clock was set to between them")
    func rates() throws {
        let orders = TopicPartition("orders", 0)
        func at(_ seconds: Int, _ end: Int64) -> (Duration, CaptureReport) {
            // A wall clock that jumps about.
            let moment = Moment(wall: AgentStage.start.advanced(by: .seconds(seconds % 7 * 86_400)), uptime: .seconds(seconds))
            return (.seconds(seconds), Self.report(at: moment, lag: ["g": [orders: 10]], ends: [orders: end]))
        }
        #expect(value(try noted([at(100, 500)]), .messagesPerSecond, "one", "orders") == nil, "one look tells no rate")
        #expect(value(try noted([at(100, 500), at(150, 600)]), .messagesPerSecond, "one", "orders") == 2)
        var without = at(150, 550)
        without.1.measurements?.ends = nil
        #expect(value(try noted([at(100, 500), without, at(200, 600)]), .messagesPerSecond, "one", "orders") == 1)
        let back = try noted([at(100, 500), at(150, 400)])
        #expect(value(back, .messagesPerSecond, "one", "orders") == nil && value(back, .consumerLagMax, "one", "g") == 390)
        #expect(value(try noted([at(100, 500), at(150, 400), at(160, 450)]), .messagesPerSecond, "one", "orders") == 5)
    }

    @Test("however many groups and topics a cluster has, the series of it are bounded, and what is left out is counted")
    func cardinality() throws {
        var positions: [ByteString: [TopicPartition: Int64]] = [:]
        var ends: [TopicPartition: Int64] = [:]
        for group in 0..<3000 {
            for topic in [group, group + 1] {
                positions[ByteString("group-\(group)"), default: [:]][TopicPartition(ByteString("topic-\(topic)"), 0)] = 0
                ends[TopicPartition(ByteString("topic-\(topic)"), 0)] = Int64(topic)
            }
        }
        let first = Self.report(at: Moment(wall: AgentStage.start, uptime: .seconds(1)), lag: positions, ends: ends)
        let second = Self.report(
            at: Moment(wall: AgentStage.start, uptime: .seconds(2)), lag: positions, ends: ends.mapValues { $0 * 2 })
        let samples = try noted([(.zero, first), (.zero, second)])
        let limits = MeasurementLimits.standard
        for (metric, limit, all) in [
            (Metric.consumerLagMax, limits.groups, 3000), (.consumerTopicLag, limits.groupTopics, 6000),
            (.messagesPerSecond, limits.rates, 3001),
        ] {
            #expect(samples.count { $0.metric == metric } == limit)
            #expect(value(samples, .omittedSeries, "one", ByteString(metric.name)) == Double(all - limit))
        }
        #expect(value(samples, .consumerLagMax, "one", "group-2999") == 6000, "the furthest behind are kept")
        #expect(Exposition.render(samples).count < 512 << 10)
    }

    @Test func retentionAndChecksAreToldAndClustersThatLeftAreNot() throws {
        var stage = AgentStage(
            AgentStage.rules([
                .retention: JobRules(schedule: AgentStage.every(.seconds(900))),
                .check: JobRules(schedule: AgentStage.every(.seconds(900))),
            ]))
        stage.known(ago: .zero)
        let run = try stage.begun(within: .seconds(1000))
        let measures = Measures()
        var prune = PruneReport()
        (prune.bytesFreed, prune.objectsFreed, prune.leftoverBytesFreed) = (1000, 3, 24)
        var check = CheckReport(didReadData: false)
        check.whole = [SnapshotID(bytes: Array(repeating: 7, count: 32))!]
        var size = RepositorySize()
        (size.objects, size.bytes, size.snapshots) = (12, 3456, 2)
        let reports: [any Sendable] = [ForgetReport(isRehearsal: false), prune]
        measures.note(run, Ending(summary: "done", report: reports))
        measures.note(run, Ending(summary: "done", report: check, size: size))
        let status = stage.machine.status(at: stage.moment)
        let samples = measures.samples(status, at: stage.uptime)
        #expect(value(samples, .freedBytes, "one") == 1024 && value(samples, .freedObjects, "one") == 3)
        #expect(value(samples, .keptSnapshots, "one") == 0 && value(samples, .forgottenSnapshots, "one") == 0)
        #expect(value(samples, .checkedSnapshots, "one", "whole") == 1 && value(samples, .checkFindings, "one", "error") == 0)
        #expect(value(samples, .repositoryBytes, "one") == 3456 && value(samples, .repositorySnapshots, "one") == 2)
        var gone = status
        gone.clusters = []
        #expect(measures.samples(gone, at: stage.uptime).isEmpty)
        #expect(measures.samples(status, at: stage.uptime).isEmpty, "and forgotten")
    }
}
