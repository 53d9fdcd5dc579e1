import Glibc
import NIOConcurrencyHelpers
import Seams
import Subprocess

/// A program of the host that is handed bytes and must end well in time.
struct HostProgram {
    let path: String
    let arguments: [String]
    let variables: [String: String]

    func run(input: [UInt8], within limit: Duration, _ time: any TimeSource) async throws(DeliveryFailure) {
        let result: Result<Void, DeliveryFailure>
        do {
            result = try await withThrowingTaskGroup(of: Result<Void, DeliveryFailure>.self) { group in
                group.addTask { await start(input) }
                group.addTask {
                    try await time.sleep(for: limit)
                    return .failure(DeliveryFailure("\(path) did not end within \(limit.words), and was ended"))
                }
                // Cancelling ends the program: politely, and after two seconds for good.
                defer { group.cancelAll() }
                return try await group.next() ?? .failure(DeliveryFailure("\(path) was not started"))
            }
        } catch {
            throw DeliveryFailure("stopped before \(path) ended")
        }
        try result.get()
    }

    private func start(_ input: [UInt8]) async -> Result<Void, DeliveryFailure> {
        // No pipes: a program need not read what it is handed, and need not be the last one that holds its standard error.
        guard let handed = ProgramText(holding: input), let said = ProgramText(room: 64 << 10) else {
            return .failure(DeliveryFailure("\(path) could not be run: \(String(cString: strerror(errno)))"))
        }
        var options = PlatformOptions()
        // A session of its own, so that what it has started goes with it.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))]
        var environment: [Subprocess.Environment.Key: String] = [:]
        for (name, value) in variables { environment[Subprocess.Environment.Key(stringLiteral: name)] = value }
        let leader = NIOLockedValueBox<pid_t?>(nil)
        // Those of its children that did not heed the polite request.
        defer { if Task.isCancelled, let leader = leader.withLockedValue({ $0 }) { kill(-leader, SIGKILL) } }
        do {
            let ended = try await Subprocess.run(
                path.contains("/") ? .path(.init(path)) : .name(path), arguments: Arguments(arguments),
                environment: .custom(environment), platformOptions: options,
                input: .fileDescriptor(.init(rawValue: handed.descriptor), closeAfterSpawningProcess: false), output: .discarded,
                error: .fileDescriptor(.init(rawValue: said.descriptor), closeAfterSpawningProcess: false)
            ) { execution in
                leader.withLockedValue { $0 = execution.processIdentifier.value }
            }
            switch ended.terminationStatus {
            case .exited(0): return .success(())
            case .exited(let code):
                let words = said.text.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
                return .failure(DeliveryFailure("\(path) ended with code \(code)\(words)"))
            case .signaled(let number): return .failure(DeliveryFailure("\(path) was ended by signal \(number)"))
            }
        } catch {
            return .failure(DeliveryFailure("\(path) could not be run: \(error)"))
        }
    }
}
