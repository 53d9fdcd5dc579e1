import Bytes
import KafkaProtocol

/// Whom a quota is for: a user, a client id, both, or an address (KIP-546).
struct QuotaEntity: Hashable, Comparable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case clientID = "client-id"
        case ip
        case user
    }

    /// Names by kind; a name that is nil is the default for all that have none of their own.
    var names: [Kind: ByteString?]

    init(_ names: [Kind: ByteString?]) { self.names = names }

    /// Sorted by kind.
    var parts: [(kind: Kind, name: ByteString?)] {
        Kind.allCases.compactMap { kind in names[kind].map { (kind, $0) } }
    }

    static func < (left: QuotaEntity, right: QuotaEntity) -> Bool { left.sortKey.lexicographicallyPrecedes(right.sortKey) }

    private var sortKey: [ByteString] { parts.flatMap { [ByteString($0.kind.rawValue), $0.name ?? ""] } }

    /// The entity that is asked for, or why it cannot be one, in a controller's words.
    static func checked(_ asked: [(type: ByteString, name: ByteString?)]) throws(ConfigRefusal) -> QuotaEntity {
        func refuse(_ message: String) -> ConfigRefusal { ConfigRefusal(.invalidRequest, message) }
        if asked.isEmpty { throw refuse("Invalid empty client quota entity") }
        var names: [Kind: ByteString?] = [:]
        for (type, name) in asked {
            guard let kind = Kind(rawValue: type.description) else { throw refuse("Unhandled client quota entity type: \(type)") }
            if name?.isEmpty == true { throw refuse("Empty \(type) not supported") }
            names.updateValue(name, forKey: kind)
        }
        if let ip = names[.ip] {
            if names.count > 1 {
                throw refuse("Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId")
            }
            if let ip, !isAddress(ip) { throw refuse("\(ip) is not a valid IP or resolvable host.") }
        }
        return QuotaEntity(names)
    }

    /// A broker would also look a host's name up; here only addresses are taken.
    private static func isAddress(_ text: ByteString) -> Bool {
        let text = text.description
        if text.contains(":") { return text.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } }
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.allSatisfy { UInt8($0) != nil }
    }
}
