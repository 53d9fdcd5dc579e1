import Bytes

extension SchemaRegistryClient {
    /// Learns what the registry can do.
    /// - Parameter forWriting: also whether modes can be changed. For that one mode that does not exist is set on a subject that need not
    ///   exist, which every registry refuses: nothing changes, but a log may show it.
    ///
    /// What is not supported or not allowed is part of the answer; thrown is only what stops every call.
    public func probe(forWriting: Bool = false) async throws(RegistryError) -> RegistryCapabilities {
        let types: [String]? = try await ifServed(RegistryCall("GET", ["schemas", "types"]))
        let contexts: [String]? = try await ifServed(RegistryCall("GET", ["contexts"]))
        let version: RegistryJSON? = try await ifServed(RegistryCall("GET", ["v1", "metadata", "version"]))
        // Apicurio has no contexts, and one answer for those who ask: its own name of the default one.
        let isOneForAll = contexts == [":.:"]
        return RegistryCapabilities(
            types: types?.sorted(), contexts: isOneForAll ? nil : contexts?.map { ByteString($0) }.sorted(),
            version: version.flatMap { try? $0.read("version") },
            modes: try await modes(), modeChanges: forWriting ? try await modeChanges() : nil, answersUnsetLevels: isOneForAll)
    }

    /// Who the registry says it is; nil where it does not say (Karapace, Apicurio, Confluent's before 5.4).
    public func identity() async throws(RegistryError) -> RegistryIdentity? {
        try await ifServed(RegistryCall("GET", ["v1", "metadata", "id"]))
    }

    private func modes() async throws(RegistryError) -> RegistryCapabilities.Answer {
        do throws(RegistryError) {
            _ = try await effectiveMode(of: .global)
            return .supported
        } catch  where error.kind == .unsupported {
            return .unsupported
        } catch  where error.kind == .forbidden {
            return .forbidden
        }
    }

    private func modeChanges() async throws(RegistryError) -> RegistryCapabilities.Answer {
        do throws(RegistryError) {
            try await setMode(RegistryMode(rawValue: "TIDEMARK_PROBE"), of: .subject("tidemark-probe"))
            // It took a mode that does not exist: not what the registry's interface is about.
            return .unsupported
        } catch  where error.code == 42204 {
            return .supported
        } catch  where error.kind == .unsupported || error.kind == .refused || error.kind == .notFound {
            return .unsupported
        } catch  where error.kind == .forbidden {
            return .forbidden
        }
    }

    /// The answer; nil where the registry does not know the call or does not let this caller make it.
    private func ifServed<Value: RegistryReadable>(_ call: RegistryCall) async throws(RegistryError) -> Value? {
        do throws(RegistryError) {
            return try await self.call(call)
        } catch  where [.unsupported, .forbidden, .notFound].contains(error.kind) {
            return nil
        }
    }
}
