public import Bytes

extension SchemaRegistryClient {
    /// What is set at this very level; nil where nothing is, and another level decides.
    public func compatibility(of scope: RegistryScope) async throws(RegistryError) -> CompatibilitySetting? {
        try await ifSet { () throws(RegistryError) in
            try await self.call(RegistryCall("GET", ["config"] + scope.path, query: [("defaultToGlobal", "false")]))
        }
    }

    /// Sets compatibility and what else the setting holds; what it does not hold stays. A registry that does not know a member drops it
    /// without a word [seen]: read back and compare.
    public func setCompatibility(_ setting: CompatibilitySetting, of scope: RegistryScope) async throws(RegistryError) {
        _ = try await call(RegistryCall("PUT", ["config"] + scope.path, body: setting.json), as: CompatibilitySetting.self)
    }

    /// Lets another level decide again. Throws kind `notFound` where nothing is set, `unsupported` where the registry cannot (Karapace for the
    /// global level).
    public func deleteCompatibility(of scope: RegistryScope) async throws(RegistryError) {
        _ = try await call(RegistryCall("DELETE", ["config"] + scope.path), as: CompatibilitySetting.self)
    }

    /// The same, also where the registry answers the deletion of a subject's NONE and leaves it as it is (Apicurio): any other level it deletes.
    public func clearCompatibility(of scope: RegistryScope) async throws(RegistryError) {
        let gone: CompatibilitySetting = try await call(RegistryCall("DELETE", ["config"] + scope.path))
        guard gone.level == "NONE", try await compatibility(of: scope)?.level == "NONE" else { return }
        try await setCompatibility(CompatibilitySetting(level: "BACKWARD"), of: scope)
        try await deleteCompatibility(of: scope)
    }

    /// The level that decides for a subject.
    public func effectiveCompatibility(of subject: ByteString) async throws(RegistryError) -> CompatibilitySetting {
        try await call(RegistryCall("GET", ["config", subject], query: [("defaultToGlobal", "true")]))
    }

    /// The mode that is set at this very level; nil where none is. Karapace gives its one mode for every subject that it has.
    public func mode(of scope: RegistryScope) async throws(RegistryError) -> RegistryMode? {
        try await ifSet { () throws(RegistryError) in
            try await self.call(RegistryCall("GET", ["mode"] + scope.path, query: [("defaultToGlobal", "false")]))
        }
    }

    /// The mode that decides for this level.
    public func effectiveMode(of scope: RegistryScope) async throws(RegistryError) -> RegistryMode {
        try await call(RegistryCall("GET", ["mode"] + scope.path, query: [("defaultToGlobal", "true")]))
    }

    /// Sets a mode.
    /// - Parameter force: go to IMPORT also where there are versions. Without it that is refused (42205), and soft-deleted versions in the
    ///   scope **are deleted for good** by the registry: capture them before.
    ///
    /// Throws kind `unsupported` where the registry has no modes to set.
    public func setMode(_ mode: RegistryMode, of scope: RegistryScope, force: Bool = false) async throws(RegistryError) {
        let call = RegistryCall(
            "PUT", ["mode"] + scope.path, query: force ? [("force", "true")] : [],
            body: .object(["mode": .string(ByteString(mode.rawValue))]))
        _ = try await self.call(call, as: RegistryMode.self)
    }

    /// Lets another level decide again. Throws kind `notFound` where none is set.
    public func deleteMode(of scope: RegistryScope) async throws(RegistryError) {
        _ = try await call(RegistryCall("DELETE", ["mode"] + scope.path), as: RegistryMode.self)
    }

    /// Nil for the registry's "not configured" and "no such subject".
    private func ifSet<Value>(_ read: () async throws(RegistryError) -> Value) async throws(RegistryError) -> Value? {
        do throws(RegistryError) {
            return try await read()
        } catch  where [40401, 40408, 40409].contains(error.code) {
            return nil
        }
    }
}
