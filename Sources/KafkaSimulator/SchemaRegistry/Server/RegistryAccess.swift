import Bytes

/// Who is let in, by the `Authorization` header.
struct RegistryAccess: Sendable {
    private let accepted: Set<String>

    init(_ configuration: SimulatedRegistryConfiguration) {
        let basic = configuration.users.map { "Basic \(Base64.encode(Array("\($0.key):\($0.value)".utf8)))" }
        accepted = Set(basic + configuration.tokens.map { "Bearer \($0)" })
    }

    func admits(_ header: String?) -> Bool { accepted.isEmpty || header.map(accepted.contains) ?? false }
}
