import Storage

/// Room for those who make room: the file `reserve` means nothing, and makes way where the store is full. Whoever forgets or prunes needs a lease,
/// which is a file, and on a full disk not even that can be put.
extension Repository {
    /// Bytes: a turn, leases, and the names of some hundred objects that are deleted first.
    static let reserveLength = 64 << 10

    /// Puts what is needed before room can be made, where nothing is yet; on a full store in the reserve's place.
    ///
    /// Only for work that is known to make room: spent for nothing, the reserve's room is soon somebody else's, and nobody can make any.
    /// - Returns: whether the reserve made way: then ``putBackReserve()`` is due when the work is done.
    func putToFreeRoom(_ bytes: [UInt8], at path: StoragePath) async throws(StorageError) -> Bool {
        do throws(StorageError) {
            try await storage.put(bytes, at: path, mode: .ifAbsent)
            return false
        } catch {
            guard error.code == .full else { throw error }
        }
        let isThere = try await storage.head(Layout.reserve) != nil
        try await storage.delete(Layout.reserve)
        do throws(StorageError) {
            try await storage.put(bytes, at: path, mode: .ifAbsent)
            return isThere
        } catch {
            if isThere { await putBackReserve() }
            guard error.code == .full else { throw error }
            throw StorageError(
                code: .full, path: error.path, message: error.message,
                hint: "Not even the repository's reserve was room enough: move some other file away, or raise the quota, by 100 kB, and "
                    + "`tidemark forget --prune` makes the rest.")
        }
    }

    /// Puts back what made way, however little room there is: whoever took it has the first claim. That it cannot be done is no failure, as
    /// somebody was quicker.
    func putBackReserve() async {
        guard (try? await storage.head(Layout.reserve))?.length != Self.reserveLength else { return }
        try? await storage.put(chance.bytes(Self.reserveLength), at: Layout.reserve, mode: .overwrite)
    }

    /// Lays the reserve up where it is not, and where four times as much stays free: the last room is for backups. Nothing depends on it now, so
    /// that it cannot be done is no failure.
    func layUpReserve() async {
        let present = (try? await storage.head(Layout.reserve))?.length ?? 0
        guard present != Self.reserveLength else { return }
        // Bytes that no file system packs. So much more in the reserve's place, and it beside that until it takes the place, is what tells of
        // quotas and of every kind of store.
        let bytes = chance.bytes(Self.reserveLength)
        do throws(StorageError) {
            if present < Self.reserveLength {
                try await storage.put(bytes + bytes + bytes + bytes, at: Layout.reserve, mode: .overwrite)
            }
        } catch {
            return
        }
        do throws(StorageError) {
            try await storage.put(bytes, at: Layout.reserve, mode: .overwrite)
        } catch {
            try? await storage.delete(Layout.reserve)
        }
    }
}
