import Bytes
import Seams

/// The versions of all subjects with the indexes by which schemas are found, ids being counted per context.
struct SchemaStore: Sendable {
    struct Entry: Sendable {
        var schema: StoredSchema
        var id: Int
        /// When it was registered or soft-deleted.
        var moment: Timestamp
        var isDeleted = false
    }

    /// A version of a subject.
    struct Key: Hashable, Sendable {
        var subject: QualifiedSubject
        var version: Int
    }

    private struct Index: Sendable {
        var greatestID = 0
        /// By id, the last subject first, each with one version.
        var holders: [Int: [Key]] = [:]
        /// The last id under which a schema was registered.
        var idOfIdentity: [ByteString: Int] = [:]
    }

    private var subjects: [QualifiedSubject: [Int: Entry]] = [:]
    private var contexts: [ByteString: Index] = [QualifiedSubject.defaultContext: Index()]

    /// Sorted; a context stays when its last subject goes.
    var contextNames: [ByteString] { contexts.keys.sorted() }

    subscript(key: Key) -> Entry? { subjects[key.subject]?[key.version] }

    /// The versions of a subject, ascending.
    func versions(of subject: QualifiedSubject, withDeleted: Bool) -> [(version: Int, entry: Entry)] {
        (subjects[subject] ?? [:]).filter { withDeleted || !$0.value.isDeleted }.sorted { $0.key < $1.key }
            .map { (version: $0.key, entry: $0.value) }
    }

    /// The subjects that `scope` means (one, a whole context, or everything where it is nil) and that have versions, by their text.
    func subjects(in scope: QualifiedSubject?, withDeleted: Bool) -> [QualifiedSubject] {
        let names = subjects.keys.filter { subject in
            guard let scope else { return true }
            return scope.name.isEmpty ? subject.context == scope.context : subject == scope
        }
        return names.filter { name in subjects[name]?.values.contains { withDeleted || !$0.isDeleted } ?? false }
            .sorted { $0.text < $1.text }
    }

    mutating func put(_ entry: Entry, at key: Key) {
        if let old = self[key], old.id != entry.id { forget(key, id: old.id) }
        subjects[key.subject, default: [:]][key.version] = entry
        var index = contexts[key.subject.context] ?? Index()
        index.greatestID = max(index.greatestID, entry.id)
        index.idOfIdentity[entry.schema.identity] = entry.id
        var holders = index.holders[entry.id] ?? []
        if let place = holders.firstIndex(where: { $0.subject == key.subject }) {
            holders[place] = key
        } else {
            holders.insert(key, at: 0)
        }
        index.holders[entry.id] = holders
        contexts[key.subject.context] = index
    }

    /// Deletes for good.
    mutating func remove(_ key: Key) {
        guard let old = self[key] else { return }
        subjects[key.subject]?[key.version] = nil
        if subjects[key.subject]?.isEmpty == true { subjects[key.subject] = nil }
        forget(key, id: old.id)
    }

    private mutating func forget(_ key: Key, id: Int) {
        contexts[key.subject.context]?.holders[id]?.removeAll { $0 == key }
        if contexts[key.subject.context]?.holders[id]?.isEmpty == true { contexts[key.subject.context]?.holders[id] = nil }
    }

    // MARK: By id

    func greatestID(in context: ByteString) -> Int { contexts[context]?.greatestID ?? 0 }

    /// The versions under an id, one of each subject, the last subject first.
    func holders(of id: Int, in context: ByteString) -> [Key] { contexts[context]?.holders[id] ?? [] }

    /// The versions that hold the same schema as `id` does, found as the registry does: by the schema's hash, which knows only
    /// the last id that it was registered under. So a second id for one text redirects this look-up [seen].
    func holdersByHash(of id: Int, in context: ByteString) -> [Key] {
        guard let schema = schema(of: id, in: context), let last = self.id(of: schema, in: context) else { return [] }
        return holders(of: last, in: context)
    }

    func schema(of id: Int, in context: ByteString) -> StoredSchema? {
        holders(of: id, in: context).first.flatMap { self[$0] }?.schema
    }

    /// The last id of a schema in a context, while some version holds it.
    func id(of schema: StoredSchema, in context: ByteString) -> Int? {
        guard let id = contexts[context]?.idOfIdentity[schema.identity], !holders(of: id, in: context).isEmpty else { return nil }
        return id
    }

    // MARK: References

    /// The versions that refer to `key`.
    func referrers(to key: Key, withDeleted: Bool) -> [(key: Key, entry: Entry)] {
        var found: [(key: Key, entry: Entry)] = []
        for (subject, versions) in subjects {
            for (version, entry) in versions where withDeleted || !entry.isDeleted {
                let refers = entry.schema.references.contains {
                    $0.version == key.version && QualifiedSubject($0.subject, in: subject.context) == key.subject
                }
                if refers { found.append((key: Key(subject: subject, version: version), entry: entry)) }
            }
        }
        return found
    }
}
