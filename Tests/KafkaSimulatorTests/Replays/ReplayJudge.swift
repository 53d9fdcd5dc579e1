import KafkaProtocol
import Recordings
import Testing

@testable import KafkaSimulator

/// Compares answers with recordings, whole but for what the ledger names, and remembers which it has compared.
final class ReplayJudge {
    private(set) var compared: Set<Recording.ID> = []

    /// Asks the stage's first broker for the recorded bytes.
    func replay(_ recording: Recording, on stage: inout BrokerStage) throws {
        let handler = try #require(Calls.byKey[APIKey(rawValue: recording.apiKey)])
        try replay(handler, recording, on: &stage)
    }

    private func replay<Handler: CallHandler>(_: Handler.Type, _ recording: Recording, on stage: inout BrokerStage) throws {
        let served = try Handler.serve(recording.requestBytes, stage.context(Handler.api, recording.version), &stage.state)
        try compare(served, of: Handler.self, with: recording)
    }

    /// Holds what a broker served against the recording: byte for byte, or else field by field.
    func compare<Handler: CallHandler>(_ served: Served, of _: Handler.Type, with recording: Recording) throws {
        guard case .answered(let bytes) = served else {
            Issue.record("\(recording) was not answered at once")
            return
        }
        let row = try #require(ReplayLedger.row(of: recording), "\(recording)")
        guard case .compared(_, let leftOut, let inAnyOrder) = row.fate else { return }
        compared.insert(recording.id)
        if bytes == recording.responseBytes { return }
        let (found, wanted) = (try tree(Handler.self, bytes, recording), try tree(Handler.self, recording.responseBytes, recording))
        let (cutFound, cutWanted) = leftOut.reduce((found, wanted)) { trees, mask in (mask.applied(to: trees.0), mask.applied(to: trees.1))
        }
        #expect(inAnyOrder ? cutFound.unordered == cutWanted.unordered : cutFound == cutWanted, "\(recording)")
    }

    private func tree<Handler: CallHandler>(_: Handler.Type, _ bytes: [UInt8], _ recording: Recording) throws -> WireTree {
        let version = recording.version
        let answer = try Frame.decodeResponse(to: Handler.Request.self, version: version, from: bytes).response
        return answer.tree(version: version, flexible: Handler.Request.isFlexible(version))
    }
}

extension Recording {
    /// One exchange among all.
    struct ID: Hashable {
        let note: String
        let request: [UInt8]
        let response: [UInt8]
    }

    var id: ID { ID(note: note, request: requestBytes, response: responseBytes) }
}
