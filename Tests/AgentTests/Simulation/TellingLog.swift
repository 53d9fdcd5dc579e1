import Logging

@testable import Agent

/// A log that hears when an agent decides to tell somebody something.
struct TellingLog: LogHandler {
    let plant: SimulatedPlant
    let process: SimulatedProcess
    let name: String
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard event.message == "telling", !process.isDead, let metadata = event.metadata, let kind = metadata["event"].map({ "\($0)" }),
            let word = metadata["job"].map({ "\($0)" }), let kind = Notice.Event(rawValue: kind), let job = Job(rawValue: word)
        else { return }
        plant.read {
            $0.decided.append(
                .init(
                    at: plant.world.elapsed, process: name, job: job,
                    trouble: Trouble(event: kind, code: metadata["code"].flatMap { Int32("\($0)") })))
        }
    }
}
