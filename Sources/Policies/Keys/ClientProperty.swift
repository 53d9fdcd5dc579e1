import KafkaClient
import SnapshotModel
import Yams

/// Client properties, of which those are shown that cannot hold a secret.
enum ClientProperty {
    static let map = Term<[String: SecretSource]>.map(
        of: .property, show: { name, value in .text(isPlain(name) ? value.written.revealed : value.description) }, judge: judge)

    private static let plainEnds = [".ms", ".protocol", ".protocols", ".mechanism", ".location", ".type", ".algorithm", ".id", ".servers"]

    static func isPlain(_ name: String) -> Bool {
        let lower = name.lowercased()
        let words = ["password", "secret", "jaas", "token", "credential", "client.id", "auth"]
        return plainEnds.contains { lower.hasSuffix($0) } && (lower == "client.id" || !words.contains { lower.contains($0) })
    }

    /// With a typo in one of these a connection is less secure than was meant, or none.
    private static let securing = ["security.", "sasl.", "ssl."]

    /// A key that has no effect is an error where it was probably meant to have one, and else remarked upon.
    private static func judge(_ key: Node, _ name: String, _ value: SecretSource, _ place: Place, _ findings: inout Findings) {
        switch PropertyName(name) {
        case .known: return
        case .unapplied:
            guard !value.written.revealed.isEmpty else { return }
            findings.remark(
                key, place.key(name),
                Remark(message: "it is not applied: what it restricts or replaces is as if it were not set", hint: "leave it out."))
        case .unknown(let nearest?): findings.note(key, place.key(name), "\(name) is no client property", "did you mean '\(nearest)'?")
        case .unknown(nil) where securing.contains { name.lowercased().hasPrefix($0) }:
            findings.note(
                key, place.key(name), "\(name) is no client property", "correct it, or leave it out; docs/cli.md has those that are known.")
        case .unknown(nil):
            findings.remark(
                key, place.key(name),
                Remark(
                    message: "\(name) is not known and has no effect",
                    hint: "correct it, or leave it out; docs/cli.md has those that are known."))
        case .none:
            // Not its name: it may be a secret that came to stand in the wrong place.
            findings.remark(
                key, place,
                Remark(message: "a key here is no name of a client property, and has no effect", hint: "correct it, or leave it out."))
        }
    }
}
