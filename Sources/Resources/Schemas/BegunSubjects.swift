import Bytes
import SnapshotModel

/// Which of the wanted subjects the target has something of already, and which of these may be gone on with: those that an earlier restore
/// began and did not finish, as its journal says, or all where the operator asked for an update. Of any other one nobody can tell
/// from its looks whose it is.
struct BegunSubjects {
    private let satisfies: (SchemaDocument, SchemaDocument) -> Bool
    /// The greatest version that the target has of each subject, deleted or not.
    private var greatest: [ByteString: Int64] = [:]
    private var foreign: Set<ByteString> = []
    private let begun: Set<ByteString>
    /// What earlier restores changed for the time of their work, and are not known to have put back.
    let former: [ResourceID: FormerSetting]
    /// By subject: the run of an older version that may have changed its settings and left them so.
    private let suspected: [ByteString: String]
    private let due: [ResourceID: JSON]
    private let atWork: [ByteString: RestoreAtWork]
    let isUpdate: Bool

    /// - Parameter satisfies: whether a version as found is what is wanted.
    init(
        _ present: [ResourceID: SchemaDocument], wanted: [SchemaDocument], _ context: ProposalContext,
        satisfies: @escaping (_ found: SchemaDocument, _ expected: SchemaDocument) -> Bool
    ) {
        self.satisfies = satisfies
        // Only registering versions changes a subject's mode or level meanwhile: settings alone are no evidence.
        begun = Set(context.unfinished.begun.filter { $0.parts.count == 3 && $0.parts[0] == SchemasKind.schema }.map { $0.parts[1] })
        former = context.unfinished.former
        suspected = context.unfinished.suspected
        due = context.unfinished.due
        atWork = context.unfinished.atWork
        isUpdate = context.existing == .update
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

    /// Whether what is found on the subject may be completed and put back.
    func mayGoOn(_ subject: ByteString) -> Bool { isUpdate || begun.contains(subject) }

    /// Whether a setting of the whole registry is nobody's choice, though there are versions: an earlier restore found it just so in a registry
    /// without any, was to set it and did not come to that, and all versions that there are now are what is wanted.
    func isUnchosen(_ setting: Document) -> Bool { foreign.isEmpty && due[setting.id] == setting.body }

    /// In words for a conflict: the restore that may be changing this just now.
    func restoreAtWork(_ name: ByteString) -> String? {
        atWork[name].map { "a restore is at work there (\($0.holder), whose lease ends at \($0.until) unless it is renewed)" }
    }

    /// Who left a subject's setting as it is, where neither a journal nor the operator says so: in words for a conflict.
    func blame(_ subject: ByteString) -> String {
        suspected[subject].map {
            "whether a restore left it so cannot be known: the journal of run \($0), which was at it and did not end, is of an older version"
        } ?? "no restore left it so"
    }

    /// What an earlier restore left of a subject's setting.
    enum Leftover {
        /// Nothing: who set it meant it.
        case none
        /// It stood so before (nil: nothing was set), and was changed for the time of the work.
        case former(JSON?)
        /// A restore was at the subject, and did not write down what it found.
        case unknown
        /// No restore is known to have been at it, and the operator asked for an update.
        case overruled
    }

    func leftover(_ setting: ResourceID) -> Leftover {
        if let former = former[setting] { return .former(former.body) }
        if begun.contains(setting.parts[1]) { return .unknown }
        return isUpdate ? .overruled : .none
    }

    /// Whether `found` is what is wanted but for a soft deletion that is still due.
    func lacksOnlyDeletion(_ found: SchemaDocument, _ expected: SchemaDocument) -> Bool {
        guard expected.isDeleted, !found.isDeleted else { return false }
        var deleted = found
        deleted.isDeleted = true
        return satisfies(deleted, expected)
    }
}
