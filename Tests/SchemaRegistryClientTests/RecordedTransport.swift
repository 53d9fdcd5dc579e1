import Compression
import Foundation
import SchemaRegistryClient
import NIOConcurrencyHelpers

/// Answers with what a real registry answered in one line of a recording, and remembers what it was asked.
final class RecordedTransport: HTTPTransport {
    private let answer: HTTPAnswer
    private let asked = NIOLockedValueBox<[HTTPRequest]>([])

    init(_ recording: String, line: Int) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../RegistryRecordings/\(recording).jsonl.zst")
        let bytes = try Codec.zstd.decompress(Array(Data(contentsOf: file.standardized)), limit: 1 << 20)
        let lines = bytes.split(separator: 0x0A)
        let exchange = try JSONSerialization.jsonObject(with: Data(lines[line])) as? [String: Any] ?? [:]
        let response = exchange["response"] ?? NSNull()
        let body = try JSONSerialization.data(withJSONObject: response, options: [.fragmentsAllowed])
        answer = HTTPAnswer(status: exchange["status"] as? Int ?? 0, body: Array(body))
    }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPAnswer {
        asked.withLockedValue { $0.append(request) }
        return answer
    }

    var requests: [HTTPRequest] { asked.withLockedValue { $0 } }
}

/// Gives one answer or failure after the other, the last one for ever.
final class ScriptedTransport: HTTPTransport {
    typealias Step = Result<HTTPAnswer, HTTPTransportError>

    private struct Script {
        var steps: [Step]
        var asked: [HTTPRequest] = []
    }

    private let script: NIOLockedValueBox<Script>

    init(_ steps: [Step]) { script = NIOLockedValueBox(Script(steps: steps)) }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPAnswer {
        let step = script.withLockedValue { script in
            script.asked.append(request)
            return script.steps.count > 1 ? script.steps.removeFirst() : script.steps[0]
        }
        return try step.get()
    }

    var requests: [HTTPRequest] { script.withLockedValue { $0.asked } }

    static func json(_ status: Int, _ text: String) -> Step { .success(HTTPAnswer(status: status, body: Array(text.utf8))) }
}
