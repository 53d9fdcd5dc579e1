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
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        var environment: [Subprocess.Environment.Key: String] = [:]
        for (name, value) in variables { environment[Subprocess.Environment.Key(stringLiteral: name)] = value }
        do {
            let ended = try await Subprocess.run(
                path.contains("/") ? .path(.init(path)) : .name(path), arguments: Arguments(arguments),
                environment: .custom(environment), platformOptions: options, input: .array(input), output: .discarded,
                error: .string(limit: 64 * 1024))
            switch ended.terminationStatus {
            case .exited(0): return .success(())
            case .exited(let code):
                let words = ended.standardError.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
                return .failure(DeliveryFailure("\(path) ended with code \(code)\(words)"))
            case .signaled(let number): return .failure(DeliveryFailure("\(path) was ended by signal \(number)"))
            }
        } catch {
            return .failure(DeliveryFailure("\(path) could not be run: \(error)"))
        }
    }
}
