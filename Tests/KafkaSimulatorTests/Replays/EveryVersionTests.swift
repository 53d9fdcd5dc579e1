import Bytes
import KafkaProtocol
import Recordings
import Testing

@testable import KafkaSimulator

@Suite("Every served call at every recorded version")
struct EveryVersionTests {
    /// Asks for one recorded exchange; the answer must be a frame that its version can carry and that decodes whole.
    private static func check<Handler: CallHandler>(_: Handler.Type, _ recording: Recording, _ stage: inout BrokerStage) throws {
        let context = stage.context(Handler.api, recording.version)
        guard case .answered(let frame) = try Handler.serve(recording.requestBytes, context, &stage.state) else { return }
        _ = try Frame.decodeResponse(to: Handler.Request.self, version: recording.version, from: frame)
        let refused = try Handler.serveRefusal(.unknownServerError, recording.requestBytes, context, stage.state)
        _ = try Frame.decodeResponse(to: Handler.Request.self, version: recording.version, from: refused)
    }

    @Test("An answer can be carried, in a rich cluster and in an empty one, refused or not", arguments: [true, false])
    func carried(isRich: Bool) throws {
        var asked: Set<APIKey> = []
        for recording in Recording.all {
            guard let handler = Calls.byKey[APIKey(rawValue: recording.apiKey)] else { continue }
            var stage = BrokerStage(Replay.configuration)
            if isRich {
                for name in [ByteString("orders"), "ledger", "txn", "codec-none", "produce-target", Topic.offsetsName] {
                    stage.plant(name, partitions: name == Topic.offsetsName ? 50 : 3)
                }
                stage.fill("orders", timestamps: [1_700_000_000_000])
            }
            asked.insert(handler.api)
            try Self.check(handler, recording, &stage)
        }
        #expect(asked.count > 35)
    }

    @Test("Every call that is offered has its handler's range inside the definition's, Produce's lower end apart")
    func ranges() {
        for handler in Calls.all {
            let defined = handler.definedVersions
            #expect(handler.versions.upperBound <= defined.upperBound)
            if handler.api != .produce { #expect(handler.versions.lowerBound >= defined.lowerBound) }
        }
    }
}

extension CallHandler {
    fileprivate static var definedVersions: ClosedRange<Int16> { Request.versions }
}
