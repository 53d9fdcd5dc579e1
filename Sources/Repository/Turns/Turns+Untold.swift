import Bytes
import Cryptography
public import SnapshotModel
public import Storage

extension Turns {
    private var notes: StoragePath { folder / "untold" }
    private func note(_ id: String) -> StoragePath { notes / "\(id).json" }

    /// What is to be told and has not been, by whomever, in the order of the ids. What cannot be read is left out.
    public func untold() async throws(StorageError) -> [Untold] {
        var found: [Untold] = []
        for object in try await storage.all(under: notes) {
            guard let name = object.path.names.last?.validText, name.hasSuffix(".json"), let bytes = try await read(object.path),
                let untold = Untold.parse(bytes, id: String(name.dropLast(5)))
            else { continue }
            found.append(untold)
        }
        return found
    }

    /// Notes that `notice` is to be told to `receiver`, and that `holder` is about to.
    public func note(_ notice: JSON, for receiver: String, by holder: String) async throws(StorageError) -> Untold {
        let now = try await storage.now()
        let untold = Untold(
            id: chance.bytes(16).hex, holder: holder, until: now.advanced(by: Untold.length), receiver: receiver, notice: notice)
        try await storage.put(untold.canonicalBytes, at: note(untold.id), mode: .ifAbsent)
        return untold
    }

    /// Says that its holder is still at it.
    public func renew(_ untold: Untold) async throws(StorageError) {
        var renewed = untold
        renewed.until = try await storage.now().advanced(by: Untold.length)
        try await storage.put(renewed.canonicalBytes, at: note(untold.id), mode: .overwrite)
    }

    /// It was told, or given up.
    public func told(_ untold: Untold) async throws(StorageError) { try await storage.delete(note(untold.id)) }

    /// Takes on what nobody is at any more; nil where another has.
    ///
    /// The name of the new note follows from the old one's and is put where none is, so one of many gets it; and one that comes late, when
    /// all is done, finds the old note gone. Killed in between, it may be told twice, never not at all.
    public func takeOn(_ untold: Untold, by holder: String) async throws(StorageError) -> Untold? {
        let id = String(HashFunction.sha256.digest(Array(untold.id.utf8)).hex.prefix(32))
        let now = try await storage.now()
        let own = Untold(
            id: id, holder: holder, until: now.advanced(by: Untold.length), receiver: untold.receiver, notice: untold.notice)
        do throws(StorageError) {
            try await storage.put(own.canonicalBytes, at: note(id), mode: .ifAbsent)
        } catch {
            guard error.code == .alreadyExists else { throw error }
            return nil
        }
        guard try await storage.head(note(untold.id)) != nil else {
            try await storage.delete(note(id))
            return nil
        }
        try await storage.delete(note(untold.id))
        return own
    }
}
