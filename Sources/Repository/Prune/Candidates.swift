import Bytes
import SnapshotModel
import Storage

/// The objects that a prune may delete, published before it deletes any.
struct Candidates: Hashable, Sendable {
    /// The id of the prune's lease: they count for as long as it does.
    let prune: String
    let names: Set<ObjectName>

    /// Bytes; a name has 67.
    static let longest = 1 << 30

    var canonicalBytes: [UInt8] {
        JSON.object(["objects": .array(names.sorted().map { .text($0.description) })]).canonicalBytes + [0x0a]
    }

    static func parse(_ bytes: [UInt8], of prune: String) -> Candidates? {
        guard let list = (try? JSON.parse(bytes))?["objects"]?.array else { return nil }
        let names = list.compactMap { $0.text?.validText.flatMap { ObjectName(hex: $0) } }
        return names.count == list.count ? Candidates(prune: prune, names: Set(names)) : nil
    }
}

extension Repository {
    /// The candidates of prunes that are at work.
    /// - Throws: `RepositoryError` (`locked`) where those of one cannot be read: then nobody knows what it may delete.
    func candidates() async throws -> [Candidates] {
        var found: [Candidates] = []
        let (now, asked) = (try await storage.now(), time.uptime())
        for object in try await storage.all(under: Layout.candidates) {
            guard let name = object.path.names.last?.validText, name.hasSuffix(".json"), object.path.names.count == 2 else { continue }
            let prune = String(name.dropLast(5))
            guard let lease = try await lease(prune), await isLive(lease, at: now, asked: asked) else { continue }
            let bytes: [UInt8]
            do throws(StorageError) {
                bytes = try await storage.get(object.path, range: 0..<Candidates.longest)
            } catch {
                // Done since it was listed.
                if error.code == .notFound { continue }
                throw error
            }
            guard let candidates = Candidates.parse(bytes, of: prune) else {
                throw RepositoryError(
                    code: .locked, message: "\(storage.name) is pruned by \(lease.holder), and \(object.path) cannot be read",
                    hint: "Wait until that prune is done; a lease that is not renewed ends by itself, this one at \(lease.until).")
            }
            found.append(candidates)
        }
        return found
    }
}
