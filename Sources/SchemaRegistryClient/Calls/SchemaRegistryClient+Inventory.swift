public import Bytes

extension SchemaRegistryClient {
    /// Every version of every subject of every context, soft-deleted ones too, each with `isDeleted` known, by subject and version.
    ///
    /// The registry's one listing is taken for what it holds; what it leaves out (Karapace: what is soft-deleted) is found through the
    /// lists of subjects and versions and read one by one. A subject or version that goes while this reads is left out; one that
    /// comes may or may not be in it. The listing also gives what stands under a subject whose alias redirects every other read.
    public func inventory() async throws(RegistryError) -> [SchemaVersion] { try await survey().versions }

    /// The inventory, and what the registry lists and does not give: Apicurio no version of a subject of which all are soft-deleted. `names` are
    /// all that it lists as subjects: Karapace also those that have nothing but a setting.
    public func survey() async throws(RegistryError) -> (
        versions: [SchemaVersion], withheld: [SchemaVersionName], names: Set<ByteString>
    ) {
        var withheld: [SchemaVersionName] = []
        let names = Set(try await subjects(withDeleted: true)).union(try await subjects())
        var found: [SchemaVersionName: SchemaVersion] = [:]
        let listing = try await listingIfServed(withDeleted: true)
        for version in listing.elements { found[version.name] = version }
        let alive = Set(try await listingIfServed(withDeleted: false).elements.map(\.name))
        var listed: Set<ByteString> = []
        // A listing as long as the page that registries cut at by default may be cut, by one that gives no further pages: then every
        // subject is read by itself.
        let isCut = !listing.isPaged && found.count >= Self.listingLimit
        for (name, version) in found {
            // A listing that tells deleted from not deleted holds both.
            if version.isDeleted != nil, !isCut { listed.insert(name.subject) }
            found[name]?.isDeleted = version.isDeleted ?? !alive.contains(name)
        }
        for subject in names.subtracting(listed) {
            let all = try await ifFound { () throws(RegistryError) in try await self.versions(of: subject, withDeleted: true) } ?? []
            let alive = try await ifFound { () throws(RegistryError) in try await self.versions(of: subject) } ?? []
            for number in all {
                let name = SchemaVersionName(subject: subject, version: number)
                if found[name] == nil {
                    found[name] = try await ifFound { () throws(RegistryError) in
                        try await self.version(number, of: subject, withDeleted: true)
                    }
                }
                found[name]?.isDeleted = !alive.contains(number)
                if found[name] == nil { withheld.append(name) }
            }
        }
        return (
            found.values.sorted { ($0.subject, $0.version) < ($1.subject, $1.version) }, try await withheld.filterStillListed(by: self),
            names
        )
    }

    /// Confluent's `schema.search.default.limit`.
    private static let listingLimit = 1_000

    private func listingIfServed(withDeleted: Bool) async throws(RegistryError) -> List<SchemaVersion> {
        do throws(RegistryError) {
            return try await listing(withDeleted: withDeleted)
        } catch  where error.kind == .unsupported || error.kind == .notFound {
            return List(elements: [])
        }
    }

    private func ifFound<Value>(_ read: () async throws(RegistryError) -> Value) async throws(RegistryError) -> Value? {
        do throws(RegistryError) {
            return try await read()
        } catch  where error.kind == .notFound {
            return nil
        }
    }
}

extension [SchemaVersionName] {
    /// Without what went meanwhile.
    fileprivate func filterStillListed(by client: SchemaRegistryClient) async throws(RegistryError) -> [SchemaVersionName] {
        var still: [SchemaVersionName] = []
        for (subject, names) in Dictionary(grouping: self, by: \.subject).sorted(by: { $0.key < $1.key }) {
            do throws(RegistryError) {
                let listed = Set(try await client.versions(of: subject, withDeleted: true))
                still += names.filter { listed.contains($0.version) }
            } catch {
                guard error.kind == .notFound else { throw error }
            }
        }
        return still
    }
}
