import Bytes
import Cryptography
public import Storage

/// That somebody was told of a trouble of a job, and of its end not yet.
///
/// Its file, `<job>.<trouble>.json` or `<job>.<trouble>.<digits>.json`, is put only where none is, so that one of many tells. The digits
/// stand for Kafka's id of the cluster whose trouble it is, where that is known: two clusters of one name have marks of their own.
public struct TroubleMark: Hashable, Sendable {
    /// In the agent's words; letters, digits and hyphens.
    public let trouble: String
    /// Who told of it, and when it was met last that somebody noted, by the store's clock.
    public internal(set) var record: JobRecord

    let path: StoragePath

    /// Kafka's id of the cluster whose trouble it is; nil where that was not known.
    public var clusterID: String? { record.clusterID }
}

extension Turns {
    private func mark(_ trouble: String, of job: String, _ clusterID: String?) -> StoragePath {
        let whose = clusterID.map { "." + HashFunction.sha256.digest(Array($0.utf8)).hex.prefix(16) } ?? ""
        return folder / "\(job).\(trouble)\(whose).json"
    }

    /// What was told of the job and not yet taken back, by whomever and of whichever cluster. One that cannot be read is of no cluster.
    public func marks(of job: String) async throws(StorageError) -> [TroubleMark] {
        let depth = folder.names.count + 1
        var marks: [TroubleMark] = []
        for object in try await storage.all(under: folder) where object.path.names.count == depth {
            guard let parts = object.path.names.last?.validText?.split(separator: ".", omittingEmptySubsequences: false),
                (3...4).contains(parts.count), parts[0] == job, parts[1] != "last", parts.last == "json",
                let bytes = try await read(object.path)
            else { continue }
            let record = JobRecord.parse(bytes) ?? JobRecord(began: object.modified, isComplete: false, holder: "")
            marks.append(TroubleMark(trouble: String(parts[1]), record: record, path: object.path))
        }
        return marks
    }

    /// Whether it is ours to tell of the trouble: nobody else did.
    public func raise(
        _ trouble: String, of job: String, cluster clusterID: String? = nil, by holder: String
    ) async throws(StorageError) -> Bool {
        let record = JobRecord(began: try await storage.now(), isComplete: false, holder: holder, clusterID: clusterID)
        do throws(StorageError) {
            try await storage.put(record.canonicalBytes, at: mark(trouble, of: job, clusterID), mode: .ifAbsent)
            return true
        } catch {
            guard error.code == .alreadyExists else { throw error }
            return false
        }
    }

    /// The trouble goes on: says when it was met last.
    public func renew(_ mark: TroubleMark) async throws(StorageError) {
        var record = mark.record
        record.began = try await storage.now()
        try await storage.put(record.canonicalBytes, at: mark.path, mode: .overwrite)
    }

    /// Takes back what was told: where all is well to be called in one's turn.
    public func settle(_ marks: [TroubleMark]) async throws(StorageError) {
        for mark in marks { try await storage.delete(mark.path) }
    }
}
