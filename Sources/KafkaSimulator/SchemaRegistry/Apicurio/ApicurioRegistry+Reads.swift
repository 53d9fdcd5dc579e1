import Bytes

extension ApicurioRegistry {
    /// GET /subjects?deleted=&offset=&limit=: cut in the order in which they came up, then sorted. Prefixes are ignored.
    func listSubjects(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let listed = names.filter { name in
            guard let subject = subjects[name] else { return false }
            return request.flag("deleted") || subject.isActive
        }
        return RegistryAnswer(.array(Self.cut(listed, request).sorted().map { .text($0) }))
    }

    private static func cut<Element>(_ list: [Element], _ request: RegistryRequest) -> ArraySlice<Element> {
        let limit = request.number("limit", default: 0)
        return list.dropFirst(max(0, request.number("offset", default: 0))).prefix(limit > 0 ? limit : page)
    }

    /// GET /subjects/S/versions?deleted=
    func listVersions(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let versions = subjects[values[0]]?.sorted(withDeleted: request.flag("deleted")) ?? []
        guard !versions.isEmpty else { throw .subjectNotFound(values[0]) }
        return RegistryAnswer(.array(versions.map { .integer($0.version) }))
    }

    /// GET /subjects/S/versions/V?deleted=: of a subject that has nothing but deleted versions none is given, whatever `deleted` says.
    func version(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        guard subjects[values[0]]?.isActive == true else { throw .subjectNotFound(values[0]) }
        let found = try find(values, withDeleted: request.flag("deleted"))
        return RegistryAnswer(full(values[0], found.version, found.entry))
    }

    /// GET /subjects/S/versions/V/referencedby: ids.
    func referencedBy(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let found = try find(values, withDeleted: true)
        return RegistryAnswer(.array(referrers(to: values[0], found.version).sorted().map { .integer($0) }))
    }

    /// GET /schemas?subjectPrefix=: contents alone, without subject, version and id. A prefix is taken by the letter.
    func listSchemas(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        var found: [OrderedJSON] = []
        for name in names where name.hasPrefix(request.query["subjectPrefix"] ?? "") {
            for (_, entry) in subjects[name]?.sorted(withDeleted: request.flag("deleted")) ?? [] {
                found.append(.object(Self.members(contents[entry.id - 1])))
            }
        }
        return RegistryAnswer(.array(Array(Self.cut(found, request))))
    }

    /// GET /schemas/ids/N
    func schema(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        RegistryAnswer(.object(Self.members(contents[try id(values[0]) - 1])))
    }

    /// GET /schemas/ids/N/versions
    func versionsOfSchema(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        RegistryAnswer(
            .array(
                places(of: try id(values[0]), withDeleted: request.flag("deleted")).map {
                    ["subject": .text($0.name), "version": .integer($0.version)]
                }))
    }

    /// GET /schemas/ids/N/subjects
    func subjectsOfSchema(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let names = Set(places(of: try id(values[0]), withDeleted: request.flag("deleted")).map(\.name))
        return RegistryAnswer(.array(names.sorted().map { .text($0) }))
    }

    private func places(of id: Int, withDeleted: Bool) -> [(name: ByteString, version: Int)] {
        names.sorted().flatMap { name in
            (subjects[name]?.sorted(withDeleted: withDeleted) ?? []).filter { $0.entry.id == id }.map { (name: name, version: $0.version) }
        }
    }

    private func id(_ text: ByteString) throws(RegistryFailure) -> Int {
        guard let id = Int(text.description), contents.indices.contains(id - 1) else {
            throw RegistryFailure(40403, "Schema \(text) not found.")
        }
        return id
    }
}
