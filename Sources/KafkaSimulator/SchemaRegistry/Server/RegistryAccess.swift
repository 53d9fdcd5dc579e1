import Bytes
import Seams

/// Who is let in, by the `Authorization` header.
struct RegistryAccess: Sendable {
    private let accepted: Set<String>
    /// What each header's user may not touch.
    private let hidden: [String: Set<ByteString>]

    init(_ configuration: SimulatedRegistryConfiguration) {
        let basic = configuration.users.map { (user: $0.key, header: Self.basic($0.key, $0.value)) }
        accepted = Set(basic.map(\.header) + configuration.tokens.map { "Bearer \($0)" })
        hidden = Dictionary(
            uniqueKeysWithValues: basic.compactMap { user, header in
                configuration.hiddenSubjects[user].map { (header, Set($0.map { ByteString($0) })) }
            })
    }

    private static func basic(_ user: String, _ password: String) -> String {
        "Basic \(Base64.encode(Array("\(user):\(password)".utf8)))"
    }

    /// The subject that a call names and its user may not touch.
    func refusedSubject(_ header: String?, _ target: String) -> ByteString? {
        guard let names = header.flatMap({ hidden[$0] }) else { return nil }
        let request = RegistryRequest(method: "GET", target: target, at: Timestamp(milliseconds: 0))
        return (request.path + [request.query["subject"] ?? ""]).first(where: names.contains)
    }

    func admits(_ header: String?) -> Bool { accepted.isEmpty || header.map(accepted.contains) ?? false }
}
