import SchemaRegistryClient

/// A change of a registry that is the same made twice as made once, until it is known what became of it: where the answer was lost, the
/// registry is asked whether it holds what was wanted, and the change is made again where it does not.
enum SettledCall {
    /// How often the change is sent at most.
    private static let rounds = 3

    /// - Parameter isHeld: whether the registry holds what was wanted.
    /// - Throws: what `change` throws; an error of unknown outcome only where the registry does not tell either.
    static func make(
        _ change: () async throws(RegistryError) -> Void, isHeld: () async throws(RegistryError) -> Bool
    ) async throws(RegistryError) {
        var round = 1
        while true {
            do throws(RegistryError) {
                return try await change()
            } catch {
                // A refusal of the second may say that the first has done it after all.
                guard error.isOutcomeUnknown || round > 1 else { throw error }
                let held = try? await isHeld()
                if held == true { return }
                // Where the registry does not tell, nothing is repeated.
                guard error.isOutcomeUnknown, held == false, round < rounds else { throw error }
                round += 1
            }
        }
    }
}

extension CompatibilitySetting {
    /// Whether a registry that answers `found` holds this setting; it may answer more than was set.
    func isHeld(by found: CompatibilitySetting?) -> Bool {
        guard let found else { return false }
        return level == found.level && others.allSatisfy { found.others[$0.key] == $0.value }
    }
}

extension SchemaRegistryClient {
    func setSurely(_ setting: CompatibilitySetting, of scope: RegistryScope) async throws(RegistryError) {
        try await SettledCall.make { () async throws(RegistryError) in
            try await setCompatibility(setting, of: scope)
        } isHeld: { () async throws(RegistryError) in
            setting.isHeld(by: try await compatibility(of: scope))
        }
    }

    func setSurely(_ mode: RegistryMode, of scope: RegistryScope, force: Bool = false) async throws(RegistryError) {
        try await SettledCall.make { () async throws(RegistryError) in
            try await setMode(mode, of: scope, force: force)
        } isHeld: { () async throws(RegistryError) in
            try await self.mode(of: scope) == mode
        }
    }

    func clearModeSurely(of scope: RegistryScope) async throws(RegistryError) {
        try await SettledCall.make { () async throws(RegistryError) in
            try await deleteMode(of: scope)
        } isHeld: { () async throws(RegistryError) in
            try await mode(of: scope) == nil
        }
    }

    func clearCompatibilitySurely(of scope: RegistryScope) async throws(RegistryError) {
        try await SettledCall.make { () async throws(RegistryError) in
            try await clearCompatibility(of: scope)
        } isHeld: { () async throws(RegistryError) in
            try await compatibility(of: scope) == nil
        }
    }
}
