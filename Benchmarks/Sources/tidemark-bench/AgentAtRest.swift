import Agent
import Foundation
import Glibc
import Host
import Logging
import Repository
import Schedules
import Seams
import Storage

/// What an agent costs that has nothing to do: twenty clusters, none of which is due.
enum AgentAtRest {
    static let clusters = 20
    static let seconds = 30

    struct Runner: Agent.Runner {
        let repository: Repository
        func repository(of cluster: String) async throws -> Repository { repository }
        func perform(_ job: Job, of cluster: String) async throws -> Ending { Ending(summary: "nothing") }
        func explain(_ error: any Error) -> Failure { Failure("\(error)", hint: "", exitCode: 1) }
    }

    struct Nobody: Notifier {
        func deliver(_ notice: Notice, to receiver: Receiver) async throws(DeliveryFailure) {}
    }

    /// In a process of its own, so that memory is the agent's alone.
    static func measured() throws {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["agent"]
        try process.run()
        process.waitUntilExit()
    }

    static func run() async throws {
        let storage = MemoryStorage(time: HostTime())
        let repository = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
        let schedule = try Schedule(.cron(CronExpression("0 0 1 1 *"), .utc))
        let rules = AgentRules(
            clusters: (0..<clusters).map { ClusterRules(name: "c\($0)", jobs: [.check: JobRules(schedule: schedule)]) })
        let service = AgentService(
            AgentService.Setup(
                time: HostTime(), chance: HostChance(), logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }),
                holder: "bench", notifier: Nobody()
            ) { Engagement(rules: rules, runner: Runner(repository: repository)) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            try await Task.sleep(for: .seconds(1))
            let before = spent()
            try await Task.sleep(for: .seconds(seconds))
            let used = spent() - before
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let memory = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }?.split(separator: ":")[1].trimmingCharacters(
                in: .whitespaces)
            print("agent at rest, \(clusters) clusters: \(used) of CPU in \(seconds) s, memory \(memory ?? "unknown")")
            service.stop()
            try await group.waitForAll()
        }
    }

    private static func spent() -> Duration {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return .seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }
}
