import Bytes
import Foundation
import Recordings
import Testing

@testable import KafkaProtocol

/// What a real broker and an independent decoder say, held against our definitions.
/// One at a time: thousands of busy cases at once would keep every other test of the process waiting.
@Suite(.serialized) struct RecordedExchangeTests {
    @Test func allRecordingsAreThere() {
        #expect(Recording.all.count == 457)
        // No member of a share group was recorded: real clients drive these two.
        let unrecorded = [APIKey.shareFetch, .shareAcknowledge].map(\.rawValue)
        #expect(Set(Recording.all.map(\.apiKey)) == Set(Messages.all.map { $0.api.rawValue }).subtracting(unrecorded))
    }

    @Test(arguments: Recording.all) func requestDecodesToTheRecordedValuesAndEncodesToTheSameBytes(_ recording: Recording) throws {
        let type = try #require(Messages.byKey[APIKey(rawValue: recording.apiKey)] as (any KafkaRequest.Type)?)
        try check(type, recording)
        func check<Request: KafkaRequest>(_: Request.Type, _ recording: Recording) throws {
            let (header, request) = try Frame.decodeRequest(Request.self, from: recording.requestBytes)
            let flexible = Request.isFlexible(recording.version)
            // The recorder names some fields of newer versions in its requests; an older version does not carry them.
            let absent = SchemaRecorder.lines(of: Request.self).filter { !$0.presence.stands(in: recording.version) }
            try expectEqual(
                request.tree(version: recording.version, flexible: flexible), recording.request, absent: Set(absent.compactMap(\.path.last))
            )
            let again = try Frame.encode(
                request, version: header.version, correlationID: header.correlationID, clientID: header.clientID,
                headerTags: header.unknownTags)
            #expect(again == recording.requestBytes)
        }
    }

    @Test(arguments: Recording.all) func responseDecodesToTheRecordedValuesAndEncodesToTheSameBytes(_ recording: Recording) throws {
        let type = try #require(Messages.byKey[APIKey(rawValue: recording.apiKey)] as (any KafkaRequest.Type)?)
        try check(type, recording)
        func check<Request: KafkaRequest>(_: Request.Type, _ recording: Recording) throws {
            let version = responseVersion(recording)
            let (correlation, response, tags) = try Frame.decodeResponse(to: Request.self, version: version, from: recording.responseBytes)
            try expectEqual(response.tree(version: version, flexible: Request.isFlexible(version)), recording.response)
            let again = try Frame.encodeResponse(
                response, to: Request.self, version: version, correlationID: correlation, headerTags: tags)
            #expect(again == recording.responseBytes)
        }
    }

    @Test(arguments: Recording.all) func everyTruncatedPrefixIsRefusedWithMessageVersionAndField(_ recording: Recording) throws {
        let type = try #require(Messages.byKey[APIKey(rawValue: recording.apiKey)] as (any KafkaRequest.Type)?)
        try check(type, recording)
        func check<Request: KafkaRequest>(_: Request.Type, _ recording: Recording) throws {
            let version = responseVersion(recording)
            // Every cut of a short message; of a long one, every cut near its ends and some between.
            func cuts(_ count: Int) -> [Int] { (0..<count).filter { $0 < 300 || $0 > count - 300 || $0 % 997 == 0 } }
            for cut in cuts(recording.responseBytes.count) {
                let error = #expect(throws: WireError.self) {
                    try Frame.decodeResponse(to: Request.self, version: version, from: Array(recording.responseBytes.prefix(cut)))
                }
                guard let error else { return }
                #expect(error.message == Request.responseName && error.version == version && !error.path.isEmpty, "cut \(cut): \(error)")
            }
            for cut in cuts(recording.requestBytes.count) where cut >= 8 {
                let error = #expect(throws: WireError.self) {
                    try Frame.decodeRequest(Request.self, from: Array(recording.requestBytes.prefix(cut)))
                }
                guard let error else { return }
                #expect(error.message == Request.requestName && error.version == recording.version && !error.path.isEmpty, "cut \(cut)")
            }
        }
    }

    @Test(arguments: Recording.all) func oneByteMoreIsRefused(_ recording: Recording) throws {
        let type = try #require(Messages.byKey[APIKey(rawValue: recording.apiKey)] as (any KafkaRequest.Type)?)
        try check(type, recording)
        func check<Request: KafkaRequest>(_: Request.Type, _ recording: Recording) throws {
            let error = #expect(throws: WireError.self) {
                try Frame.decodeResponse(
                    to: Request.self, version: responseVersion(recording), from: recording.responseBytes + [0])
            }
            #expect(error?.reason == .trailingBytes(1))
        }
    }

    /// A broker answers an ApiVersions request of a version it does not speak in version 0 (KIP-511).
    private func responseVersion(_ recording: Recording) -> Int16 {
        guard recording.apiKey == 18, recording.responseBytes.count >= 6, recording.responseBytes[4...5] == [0, 35] else {
            return recording.version
        }
        return 0
    }

    private func expectEqual(_ tree: WireTree, _ json: Data, absent: Set<String> = []) throws {
        let value = try JSONSerialization.jsonObject(with: json, options: [.fragmentsAllowed])
        let names = Set(absent.map { $0.prefix(1).uppercased() + $0.dropFirst() })
        if let difference = difference(tree, value, at: "", absent: names) { Issue.record("\(difference)") }
    }

    /// Where and how `tree` is not what the recording says; nil where they agree.
    private func difference(_ tree: WireTree, _ value: Any, at path: String, absent: Set<String>) -> String? {
        switch (tree, value) {
        case (.null, is NSNull): return nil
        case (.bool(let flag), let number as NSNumber) where number.boolValue == flag: return nil
        case (.integer(let integer), let number as NSNumber) where number.int64Value == integer: return nil
        case (.float(let double), let number as NSNumber) where number.doubleValue == double: return nil
        case (.text(let bytes), let text as String) where String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(text.utf8): return nil
        case (.hex(let hex), let text as String) where hex == text: return nil
        case (.array(let elements), let values as [Any]):
            guard elements.count == values.count else { return "\(path): \(elements.count) elements, recorded \(values.count)" }
            for (index, pair) in zip(elements, values).enumerated() {
                if let found = difference(pair.0, pair.1, at: "\(path)[\(index)]", absent: absent) { return found }
            }
            return nil
        case (.object(let fields), let values as [String: Any]):
            let names = fields.map { lookup($0.name, in: values) ?? $0.name }
            // The recordings leave out some fields that nobody set; every other one stands on both sides.
            let unset = zip(fields, names).filter { $0.0.isInitial && values[$0.1] == nil }.map(\.1)
            guard Set(names).subtracting(unset) == Set(values.keys).subtracting(absent.subtracting(names)) else {
                return "\(path): fields \(Set(names).symmetricDifference(values.keys)) stand on one side only"
            }
            for (field, name) in zip(fields, names) where !unset.contains(name) {
                if let found = difference(field.value, values[name] ?? NSNull(), at: "\(path).\(name)", absent: absent) { return found }
            }
            return nil
        default: return "\(path): \(tree), recorded \(value)"
        }
    }

    /// Kafka's definitions begin some names with a small letter (`timeoutMs`).
    private func lookup(_ name: String, in values: [String: Any]) -> String? {
        values[name] != nil ? name : values.keys.first { $0.prefix(1).uppercased() + $0.dropFirst() == name }
    }
}
