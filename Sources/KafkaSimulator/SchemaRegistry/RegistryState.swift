import Bytes

/// Whose registry is imitated.
public enum RegistryFlavour: String, Sendable, CaseIterable {
    /// Confluent's, 8.3.1.
    case confluent
    /// Aiven's Karapace, 6.2.
    case karapace
    /// Apicurio Registry's interface for Confluent's clients, as its source of August 2026 has it; not recorded from a real one.
    case apicurio

    /// Where its interface begins: nothing, or segments with a slash before each.
    public var basePath: String { self == .apicurio ? "/apis/ccompat/v7" : "" }
}

/// A registry without a network: a request in, an answer out. The same requests at the same times give the same answers.
struct RegistryState: Sendable {
    private enum Dialect: Sendable {
        case confluent(ConfluentRegistry)
        case karapace(KarapaceRegistry)
        case apicurio(ApicurioRegistry)
    }

    private var dialect: Dialect

    init(
        _ flavour: RegistryFlavour, pages: RegistryPages = RegistryPages(), kafkaCluster: ByteString = "simulated",
        keepsRuleSets: Bool = false
    ) {
        switch flavour {
        case .confluent:
            var registry = ConfluentRegistry()
            registry.pages = pages
            registry.kafkaCluster = kafkaCluster
            registry.keepsRuleSets = keepsRuleSets
            dialect = .confluent(registry)
        case .karapace: dialect = .karapace(KarapaceRegistry())
        case .apicurio: dialect = .apicurio(ApicurioRegistry())
        }
    }

    /// Answers; a refusal is an answer as well and changes nothing.
    mutating func answer(_ request: RegistryRequest) -> RegistryAnswer {
        do {
            switch dialect {
            case .confluent(var registry):
                let answer = try registry.answer(request)
                dialect = .confluent(registry)
                return answer
            case .karapace(var registry):
                let answer = try registry.answer(request)
                dialect = .karapace(registry)
                return answer
            case .apicurio(var registry):
                let answer = try registry.answer(request)
                dialect = .apicurio(registry)
                return answer
            }
        } catch let failure as RegistryFailure {
            return RegistryAnswer(failure)
        } catch {
            return RegistryAnswer(RegistryFailure(status: 500, code: 50001, message: "\(error)"))
        }
    }
}
