import Bytes
import Compression
public import Foundation
import KafkaProtocol
import Recordings

/// What fuzzing begins with: the recorded exchanges with real brokers and registries, and a few texts.
public enum Seeds {
    /// `recordings`: the folder with the registries' recordings.
    public static func of(_ target: FuzzTarget, registries: URL) throws -> [[UInt8]] {
        switch target.name {
        case "frames": return frames()
        case "messages": return messages()
        case "batches": return records().flatMap { bytes in (0..<5).map { [UInt8($0)] + bytes } }
        case "codecs": return try packed()
        case "sasl": return texts(0...4, exchanges) + [8, 12, 16].flatMap { mechanism in answers.map { [mechanism] + $0 } }
        case "properties": return texts(0...0, files) + texts(1...1, entries) + texts(2...2, ["a:1, b:2", "[::1]:9092", "a:99999"])
        case "registry": return try answers(registries)
        case "json": return try answers(registries) + jsons.map { Array($0.utf8) }
        case "snapshots": return texts(0...2, jsons)
        default: return []
        }
    }

    private static func texts(_ choices: ClosedRange<UInt8>, _ texts: [String]) -> [[UInt8]] {
        choices.flatMap { choice in texts.map { [choice] + Array($0.utf8) } }
    }

    private static func frames() -> [[UInt8]] {
        Recording.all.filter { $0.responseBytes.count < 1000 }.map { recording in
            let frame = withUnsafeBytes(of: UInt32(recording.responseBytes.count).bigEndian, Array.init) + recording.responseBytes
            return [16, UInt8(truncatingIfNeeded: recording.apiKey)] + frame + frame
        }
    }

    private static func messages() -> [[UInt8]] {
        Recording.all.flatMap { recording in
            let (key, version) = (UInt8(truncatingIfNeeded: recording.apiKey), UInt8(truncatingIfNeeded: recording.version))
            let request: [UInt8] = [key, version] + recording.requestBytes.dropFirst(4)
            return [request, [key, version | 0x80] + recording.responseBytes]
        }
    }

    /// What brokers stored and clients sent.
    private static func records() -> [[UInt8]] {
        var found: Set<[UInt8]> = []
        for recording in Recording.named("Fetch") {
            let answer = try? Frame.decodeResponse(to: FetchRequest.self, version: recording.version, from: recording.responseBytes)
            for row in answer?.response.responses.flatMap(\.partitions) ?? [] { found.insert(row.records?.bytes ?? []) }
        }
        for recording in Recording.named("Produce") {
            let request = try? Frame.decodeRequest(ProduceRequest.self, from: recording.requestBytes).request
            for row in request?.topicData.flatMap(\.partitionData) ?? [] { found.insert(row.records?.bytes ?? []) }
        }
        return found.filter { $0.count < 4000 }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func packed() throws -> [[UInt8]] {
        let batches = records().flatMap { (try? RecordBatch.batches(in: $0, verifying: false)) ?? [] }
        let recorded = batches.compactMap { batch -> [UInt8]? in
            guard let compression = batch.compression, compression != .none else { return nil }
            return [UInt8(compression.rawValue - 1), 255] + batch.bytes.dropFirst(RecordBatch.headerLength)
        }
        let contents: [[UInt8]] = [[], [7], [UInt8](repeating: 7, count: 5_000), Array("tide ".utf8) + Array("tide tide".utf8)]
        let ours: [[UInt8]] = try RecordCodec.allCases.enumerated().flatMap { index, codec in
            try contents.map { content in [UInt8(index), 255] + (try codec.compress(content)) }
        }
        return recorded + ours
    }

    /// The bodies that registries answered.
    private static func answers(_ folder: URL) throws -> [[UInt8]] {
        var found: Set<[UInt8]> = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "zst" {
            let text = try Codec.zstd.decompress([UInt8](try Data(contentsOf: file)), limit: 64 << 20)
            for line in text.split(separator: UInt8(ascii: "\n")) {
                found.insert(Array(line.prefix(2_000)))
                guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else { continue }
                for case let body as String in object.values
                where body.utf8.first == UInt8(ascii: "{") || body.utf8.first == UInt8(ascii: "[") {
                    found.insert(Array(body.utf8.prefix(2_000)))
                }
                for value in object.values where JSONSerialization.isValidJSONObject(value) {
                    if let data = try? JSONSerialization.data(withJSONObject: value) { found.insert(Array(data.prefix(2_000))) }
                }
            }
        }
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static let exchanges = [
        "r=\(FuzzTarget.nonce)theirs,s=QSXCR+Q6sek8bf92,i=4\0v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        "r=\(FuzzTarget.nonce)theirs,s=QSXCR+Q6sek8bf92,i=4,x=more\0e=other-error", "e=unknown-user", "m=must,r=a,s=AA==,i=4", "",
        #"{"status":"invalid_token","scope":"a b"}"# + "\0again",
        // With echoes of what was said, see `FuzzTarget.sasl`.
        "r=\(FuzzTarget.nonce)theirs,s=QSXCR+Q6sek8bf92,i=4\0e=no \u{10} \u{11} \u{12} \u{13}", "r=\(FuzzTarget.nonce)t,s=AAAA,i=\u{10}",
        #"{"status":"no \#u{14}","scope":"\#u{15} \#u{16} \#u{17}"}"#,
    ]

    /// Of a broker that is content, that lacks the mechanism, that refuses, and one of OAUTHBEARER that says why first.
    private static let answers: [[UInt8]] = {
        func led(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count)] + bytes }
        let offered: [UInt8] = [0, 33, 0, 0, 0, 1, 0, 5] + Array("PLAIN".utf8)
        let words = Array("Invalid username or password".utf8)
        let refused: [UInt8] = [0, 0, 58, UInt8(words.count + 1)] + words + [1] + [UInt8](repeating: 0, count: 9)
        let reason = Array(#"{"status":"invalid_token","scope":"a b"}"#.utf8)
        let explained: [UInt8] = [0, 0, 0, 0, UInt8(reason.count + 1)] + reason + [UInt8](repeating: 0, count: 9)
        let limited: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 14, 16, 0]
        let echo = Array("no \u{10}\u{11} \u{12} \u{13} \u{14} \u{15} \u{16} \u{17}".utf8)
        let telling: [UInt8] = [0, 0, 58, UInt8(echo.count + 1)] + echo + [1] + [UInt8](repeating: 0, count: 9)
        return [
            [0, 0], led(offered), [0] + led(refused), [0] + led(telling), [0] + led(explained) + led(refused), [0] + led(limited),
            [0] + led([0]),
        ]
    }()

    private static let files = [
        "bootstrap.servers=a:9092,b:9092\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config=\(entries[0])\n",
        "# a comment\n! another\nclient.id : caf\\u00e9 \\\n   goes on\nretry.backoff.ms=100\nrequest.timeout.ms=\nnobody.knows=1\n",
        "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=ca.pem\nssl.keystore.type=PEM\nssl.keystore.location=k.pem\n"
            + "ssl.enabled.protocols=TLSv1.3,TLSv1.2\nssl.endpoint.identification.algorithm=\n",
        "security.protocol=SASL_PLAINTEXT\r\nsasl.mechanism=PLAIN\r",
    ]

    private static let entries = [
        #"org.apache.kafka.common.security.scram.ScramLoginModule required username="user" password="a \"quoted\" one" tokenauth="true";"#,
        "org.apache.kafka.common.security.plain.PlainLoginModule required\n username='u' password=p /* no */ ;",
    ]

    private static let jsons: [String] = {
        let hash = String(repeating: "0123456789abcdef", count: 4)
        let page =
            #"{"documents":2,"first":["a"],"last":["b"],"length":100,"name":"\#(hash)","storedHash":"\#(hash)","storedLength":50}"#
        let root = #"{"level":0,"page":\#(page)}"#
        let sections =
            #"[{"kind":"topics","part":"desired","root":\#(root),"state":{"outcome":"captured"}},{"kind":"topics","part":"evidence","root":null,"state":{"outcome":"unread","reason":"why"}}]"#
        return [
            #"{"body":{"partitions":6,"ratio":0.5},"id":["orders","caf\u00e9"]}"#, page, root,
            #"{"certificate":{"grade":"consistent"},"brokers":3,"clusterId":"c","finished":"2026-01-01T00:00:00.000Z","format":1,"gaps":[],"sections":\#(sections),"started":"2026-01-01T00:00:00.000Z","tool":{"name":"tidemark","version":"1"}}"#,
            #"{"$base64":"/w=="}"#, #"{"$base64:/w==":1,"$$base64":"\u00e9\ud83d\ude00","n":[-9223372036854775808,1e300,-0.0,1.5E-7]}"#,
        ]
    }()
}
