import Bytes
import Compression
public import Foundation

/// One exchange with a real Apache Kafka 4.1.1, as an independent decoder reads it.
public struct Recording: Sendable, CustomStringConvertible {
    public let api: String
    public let apiKey: Int16
    public let version: Int16
    /// What the exchange shows.
    public let note: String
    public let requestBytes: [UInt8]
    public let responseBytes: [UInt8]
    /// The decoded values, JSON text.
    public let request: Data
    public let response: Data

    public var description: String { "\(api) v\(version): \(note)" }

    /// All 457 exchanges, in the order of the files.
    public static let all: [Recording] = ["apache-kafka-4.1.1", "apache-kafka-4.1.1-more"].flatMap(load)

    /// Those of one of the two folders, whose names are theirs in the recordings' own README.
    public static func inFolder(_ folder: String) -> [Recording] { load(folder) }

    public static func named(_ api: String) -> [Recording] { all.filter { $0.api == api } }

    private static func load(_ folder: String) -> [Recording] {
        let url = Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(folder).jsonl.zst")
        guard let packed = try? Data(contentsOf: url),
            let text = try? Codec.zstd.decompress(Array(packed), limit: 64 << 20)
        else { return [] }
        return text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
                let api = object["api"] as? String, let key = object["apiKey"] as? Int, let version = object["version"] as? Int,
                let requestHex = object["requestHex"] as? String, let responseHex = object["responseHex"] as? String,
                let requestBytes = [UInt8](hex: requestHex), let responseBytes = [UInt8](hex: responseHex),
                let request = object["request"], let response = object["response"],
                let requestJSON = try? JSONSerialization.data(withJSONObject: request, options: [.fragmentsAllowed]),
                let responseJSON = try? JSONSerialization.data(withJSONObject: response, options: [.fragmentsAllowed])
            else { return nil }
            return Recording(
                api: api, apiKey: Int16(key), version: Int16(version), note: object["note"] as? String ?? "", requestBytes: requestBytes,
                responseBytes: responseBytes, request: requestJSON, response: responseJSON)
        }
    }
}
