public import Bytes

extension SchemaRegistryClient {
    /// The subjects of all contexts that have versions, as the registry orders them.
    /// - Parameter withDeleted: those too whose versions are all soft-deleted. Karapace then also gives names that have nothing but a
    ///   setting [seen].
    public func subjects(withDeleted: Bool = false) async throws(RegistryError) -> [ByteString] {
        var query: [(name: String, value: ByteString)] = [("subjectPrefix", ":*:")]
        if withDeleted { query.append(("deleted", "true")) }
        let names: List<String> = try await list(["subjects"], query: query)
        return names.elements.map { ByteString($0) }
    }

    /// The contexts, `.` being the default one. Throws kind `unsupported` where the registry has none.
    public func contexts() async throws(RegistryError) -> [ByteString] {
        let names: [String] = try await call(RegistryCall("GET", ["contexts"]))
        return names.map { ByteString($0) }
    }

    /// A subject's versions, ascending. Throws kind `notFound` (40401) where there are none.
    public func versions(of subject: ByteString, withDeleted: Bool = false) async throws(RegistryError) -> [Int32] {
        try await call(RegistryCall("GET", ["subjects", subject, "versions"], query: Self.deleted(withDeleted)))
    }

    /// One version. Throws kind `notFound` (40401, 40402) where there is none.
    public func version(_ version: Int32, of subject: ByteString, withDeleted: Bool = false) async throws(RegistryError) -> SchemaVersion {
        try await call(
            RegistryCall("GET", ["subjects", subject, "versions", ByteString(String(version))], query: Self.deleted(withDeleted)))
    }

    /// The version that was registered last. Throws kind `notFound` (40401) where there is none.
    public func latestVersion(of subject: ByteString) async throws(RegistryError) -> SchemaVersion {
        try await call(RegistryCall("GET", ["subjects", subject, "versions", "latest"]))
    }

    /// The ids of the schemas that refer to a version.
    public func referrers(to version: Int32, of subject: ByteString) async throws(RegistryError) -> [Int32] {
        try await call(RegistryCall("GET", ["subjects", subject, "versions", ByteString(String(version)), "referencedby"]))
    }

    /// Deletes all of a subject's versions softly (they can be registered again under their ids), or for good what is soft-deleted
    /// already. Gives the versions. Throws kind `notFound` (40401, 40404, 40405) or `refused` (42206: something refers to it).
    @discardableResult
    public func delete(_ subject: ByteString, forGood: Bool = false) async throws(RegistryError) -> [Int32] {
        try await call(RegistryCall("DELETE", ["subjects", subject], query: forGood ? [("permanent", "true")] : []))
    }

    /// The same for one version. Throws kind `notFound` (40402, 40406, 40407) or `refused` (42206).
    public func delete(_ version: Int32, of subject: ByteString, forGood: Bool = false) async throws(RegistryError) {
        let call = RegistryCall(
            "DELETE", ["subjects", subject, "versions", ByteString(String(version))], query: forGood ? [("permanent", "true")] : [])
        _ = try await self.call(call, as: Int32.self)
    }

    static func deleted(_ withDeleted: Bool) -> [(name: String, value: ByteString)] { withDeleted ? [("deleted", "true")] : [] }
}
