import Bytes
import SnapshotModel

/// Which of the wanted subjects the target has versions of already, and whether these are ours: a restore that was interrupted goes on
/// where it stopped, one that meets somebody else's versions does not.
struct BegunSubjects {
    private let satisfies: (SchemaDocument, SchemaDocument) -> Bool
    /// The greatest version that the target has of each subject, deleted or not.
    private var greatest: [ByteString: Int64] = [:]
    private var foreign: Set<ByteString> = []
    private let importing: Set<ByteString>

    /// - Parameters:
    ///   - modes: what was observed on the target, modes among it.
    ///   - satisfies: whether a version as found is what is wanted.
    init(
        _ present: [ResourceID: SchemaDocument], wanted: [SchemaDocument], modes: [Document],
        satisfies: @escaping (_ found: SchemaDocument, _ expected: SchemaDocument) -> Bool
    ) {
        self.satisfies = satisfies
        importing = Set(
            modes.filter { $0.id.parts.first == SchemasKind.mode && $0.body["level"]?.text == "IMPORT" }.compactMap { mode in
                mode.id.parts.count > 1 ? mode.id.parts[1] : nil
            })
        let wanted = Dictionary(wanted.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for found in present.values {
            greatest[found.subject] = max(greatest[found.subject] ?? 0, found.version)
            if wanted[found.key].map({ !satisfies(found, $0) && !lacksOnlyDeletion(found, $0) }) ?? true { foreign.insert(found.subject) }
        }
    }

    /// Nil where the subject has no version.
    func highest(_ subject: ByteString) -> Int64? { greatest[subject] }

    /// Whether the subject has a version that is not wanted just so.
    func holdsForeign(_ subject: ByteString) -> Bool { foreign.contains(subject) }

    /// Whether the subject's own mode is IMPORT.
    func isImporting(_ subject: ByteString) -> Bool { importing.contains(subject) }

    /// Whether `found` is what is wanted but for a soft deletion that is still due.
    func lacksOnlyDeletion(_ found: SchemaDocument, _ expected: SchemaDocument) -> Bool {
        guard expected.isDeleted, !found.isDeleted else { return false }
        var deleted = found
        deleted.isDeleted = true
        return satisfies(deleted, expected)
    }
}
