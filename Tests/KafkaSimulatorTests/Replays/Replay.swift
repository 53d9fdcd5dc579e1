import Bytes
import KafkaProtocol
import Recordings

@testable import KafkaSimulator

/// Asks the simulator what a real broker was asked.
enum Replay {
    /// The recorded exchanges of a call that are compared (see ``ReplayLedger``), decoded, of those that `note` chooses.
    static func exchanges<Request: KafkaRequest>(
        _: Request.Type, _ note: (Recording) -> Bool = { _ in true }
    ) throws -> [(recording: Recording, request: Request, response: Request.Response)] {
        try Recording.all.filter { $0.apiKey == Request.api.rawValue && ReplayLedger.isCompared($0) && note($0) }.map { recording in
            let request = try Frame.decodeRequest(Request.self, from: recording.requestBytes).request
            let response = try Frame.decodeResponse(to: Request.self, version: recording.version, from: recording.responseBytes).response
            return (recording, request, response)
        }
    }

    /// A configuration like the recorded broker's: one node, id 0, on port 29092.
    static var configuration: SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [0]
        configuration.racks = [0: "rack-0"]
        configuration.clusterID = "nICvRgECQ2qsYmBnwe_ayg"
        configuration.brokerProperties = ["num.io.threads": "4", "num.network.threads": "2", "log.retention.hours": "-1"]
        return configuration
    }

    /// A response as its version carries it: what the version drops is gone.
    static func carried<Request: KafkaRequest>(
        _ response: Request.Response, _: Request.Type, version: Int16
    ) throws -> Request.Response {
        let frame = try Frame.encodeResponse(response, to: Request.self, version: version, correlationID: 1)
        return try Frame.decodeResponse(to: Request.self, version: version, from: frame).response
    }
}

extension KafkaUUID {
    init(hex: String) {
        let bytes = [UInt8](hex: hex) ?? []
        self.init(
            high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
