import Seams
import Storage

/// Our own lease while we work.
struct HeldLease: Sendable {
    let lease: Lease
    let storage: any Storage
    let time: any TimeSource

    /// Renews the lease again and again until the task is cancelled or somebody took it away.
    func keep() async {
        var renewed = lease
        while (try? await time.sleep(for: Lease.length / 3)) != nil {
            // A store that does not answer now may answer at the next turn; whether the lease still holds is asked before
            // anything is published.
            guard let found = try? await storage.get(Layout.lease(lease.id), range: 0..<1), !found.isEmpty,
                let now = try? await storage.now()
            else { continue }
            renewed.until = now.advanced(by: Lease.length)
            try? await storage.put(renewed.canonicalBytes, at: Layout.lease(lease.id), mode: .overwrite)
        }
    }

    func release() async throws { try await storage.delete(Layout.lease(lease.id)) }

    /// - Throws: `RepositoryError` (`leaseLost`) where the lease has ended or is gone; `StorageError`.
    func check() async throws {
        let now = try await storage.now()
        var stored: [UInt8] = []
        do throws(StorageError) {
            stored = try await storage.get(Layout.lease(lease.id), range: 0..<64 * 1024)
        } catch {
            // Somebody took it away: lost, like one that ended.
            guard error.code == .notFound else { throw error }
        }
        guard let current = Lease.parse(stored, id: lease.id), now < current.until else {
            throw RepositoryError(
                code: .leaseLost, message: "this writer's lease on \(storage.name) ended before the snapshot was published",
                hint:
                    "The machine slept, the store did not answer for minutes, or a clock jumped: run the backup again. Nothing was published."
            )
        }
    }
}
