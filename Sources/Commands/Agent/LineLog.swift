import Bytes
import Logging
import Seams
import SnapshotModel

/// Log lines on standard error: text that journald and people read, or a JSON object a line.
struct LineLog: LogHandler {
    enum Format: String, CaseIterable, Sendable {
        case text, json
    }

    let sink: any TextSink
    let time: any TimeSource
    let format: Format
    /// journald stamps lines itself, and takes a level in front of them (sd-daemon(3)).
    let isForJournal: Bool
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        switch format {
        case .json:
            var members: [ByteString: JSON] = [
                "time": .text(time.now().description), "level": .text(event.level.rawValue), "message": .text("\(event.message)"),
            ]
            for (key, value) in all { members[ByteString(key)] = .text("\(value)") }
            sink.write(String(decoding: JSON.object(members).canonicalBytes, as: UTF8.self) + "\n")
        case .text:
            let words = all.map { "\($0.key)=\(Self.quoted("\($0.value)"))" }.joined(separator: " ")
            let line = "\(Printable.escape("\(event.message)"))\(words.isEmpty ? "" : " " + words)"
            let prefix = isForJournal ? "<\(Self.priority(event.level))>" : "\(time.now()) \(event.level.rawValue) "
            sink.write(prefix + line + "\n")
        }
    }

    private static func quoted(_ text: String) -> String {
        let plain = Printable.escape(text)
        guard plain.contains(where: { $0 == " " || $0 == "\"" }) || plain.isEmpty else { return plain }
        return "\"\(plain.replacing("\"", with: "\\\""))\""
    }

    /// Of syslog.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
