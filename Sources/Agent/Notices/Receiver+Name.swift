import Bytes
import Cryptography
import KafkaClient
import Policies
import SnapshotModel

extension Receiver.Channel {
    var kind: String {
        switch self {
        case .webhook: "webhook"
        case .slack: "slack"
        case .sendmail: "sendmail"
        case .command: "command"
        }
    }

    /// Such as `slack-5f2a90c1`: by what stands in the policy, references unresolved, so that it is the same in each policy that says the
    /// same and stays the same when a list is put in another order. So few digits tell nothing of a secret.
    var name: String { "\(kind)-\(HashFunction.sha256.digest(JSON.array(words.map { .text($0) }).canonicalBytes).hex.prefix(8))" }

    /// Where it leads.
    private var words: [String] {
        switch self {
        case .webhook(let url, let headers):
            [url.written.revealed] + headers.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value.written.revealed] }
        case .slack(let url): [url.written.revealed]
        case .sendmail(let program, let to, let from): [program, from ?? ""] + to
        case .command(let words): words
        }
    }
}
