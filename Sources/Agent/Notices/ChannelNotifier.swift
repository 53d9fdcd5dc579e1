import Bytes
import Policies
public import Seams
import SnapshotModel
public import Web

/// Tells over the network and by programs of the host.
public struct ChannelNotifier: Notifier {
    private let web: any WebTransport
    private let time: any TimeSource
    private let environment: Environment

    /// `environment`: a program is given PATH, HOME and LANG of it, and nothing else: the agent's may hold secrets.
    public init(web: any WebTransport, time: any TimeSource, environment: Environment) {
        self.web = web
        self.time = time
        self.environment = environment
    }

    public func deliver(_ notice: Notice, to receiver: Receiver) async throws(DeliveryFailure) {
        switch receiver.channel {
        case .webhook: try await post(notice.json, receiver)
        case .slack: try await post(.object(["text": .text(SlackText.of(notice))]), receiver)
        case .sendmail(let path, let to, let from):
            let message = MailMessage(notice, to: to, from: from)
            try await program(path, ["-oi", "-t"], input: message.bytes, notice, receiver)
        case .command(let words):
            guard let first = words.first else { throw DeliveryFailure("the command is empty") }
            try await program(first, Array(words.dropFirst()), input: notice.json.canonicalBytes + [0x0a], notice, receiver)
        }
    }

    private func post(_ json: JSON, _ receiver: Receiver) async throws(DeliveryFailure) {
        let address: Receiver.Address?
        do throws(PolicyError) {
            // Each time anew: a file that was replaced since counts.
            address = try receiver.address(environment)
        } catch {
            throw DeliveryFailure(error.message)
        }
        guard let address else { return }
        var request = WebRequest(
            method: "POST", url: address.url.revealed,
            headers: [(name: "Content-Type", value: "application/json")]
                + address.headers.map { (name: $0.key, value: $0.value.revealed) },
            body: json.canonicalBytes)
        // Who says so has accepted it; told again because of what else it says, it would tell people twice.
        request.wantsBody = false
        request.timeout = receiver.timeLimit
        request.connectTimeout = min(request.connectTimeout, receiver.timeLimit)
        do throws(WebFailure) {
            let answer = try await web.send(request)
            guard answer.isSuccess else { throw WebFailure("the answer has status \(answer.status)", isTransient: answer.isTransient) }
        } catch {
            throw DeliveryFailure(error.reason)
        }
    }

    private func program(
        _ path: String, _ arguments: [String], input: [UInt8], _ notice: Notice, _ receiver: Receiver
    ) async throws(DeliveryFailure) {
        var variables = [
            "TIDEMARK_EVENT": notice.event.rawValue, "TIDEMARK_CLUSTER": notice.cluster, "TIDEMARK_JOB": notice.job.rawValue,
            "TIDEMARK_TITLE": notice.title, "TIDEMARK_MESSAGE": notice.message,
        ]
        for name in ["PATH", "HOME", "LANG"] { variables[name] = environment[name] }
        try await HostProgram(path: path, arguments: arguments, variables: variables)
            .run(input: input, within: receiver.timeLimit, time)
    }
}

/// A notice as Slack's text: `&`, `<` and `>` are its own there.
enum SlackText {
    static func of(_ notice: Notice) -> String {
        var text = "*\(escape(notice.title))*\n\(escape(notice.message))"
        if let hint = notice.hint { text += "\nhint: \(escape(hint))" }
        return text
    }

    private static func escape(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
    }
}

/// A notice as a message of RFC 5322.
struct MailMessage {
    let bytes: [UInt8]

    init(_ notice: Notice, to: [String], from: String?) {
        var lines: [String] = []
        if let from { lines.append("From: \(Self.oneLine(from))") }
        lines += [
            "To: \(to.map(Self.oneLine).joined(separator: ", "))", "Subject: \(Self.oneLine(notice.title))",
            "Auto-Submitted: auto-generated", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit", "", notice.message,
        ]
        if let hint = notice.hint { lines += ["", "hint: \(hint)"] }
        lines += ["", "cluster: \(notice.cluster)", "job: \(notice.job)", "at: \(notice.moment)", "agent: \(notice.agent)", ""]
        bytes = Array(lines.joined(separator: "\n").utf8)
    }

    /// A header must not become two.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
