import Bytes
import Compression
import Cryptography
import SnapshotModel
import Storage

/// Reads objects and proves each of them.
struct Objects: Sendable {
    /// Bytes before packing; a page is far below this unless one document is huge.
    static let longestPage = 64 << 20
    /// Bytes as stored; what does not shrink grows a little.
    static let longestStored = longestPage + (1 << 20)

    let storage: any Storage

    /// What a reference led to.
    struct Read {
        let plain: [UInt8]
        /// False where the content is proved right, but it is packed in other bytes than the reference says.
        let isAsRecorded: Bool
    }

    /// The plain bytes of the object, proved by its name.
    /// - Throws: `RepositoryError` with the damage, or `StorageError`.
    func read(_ reference: PageReference) async throws -> Read {
        let path = Layout.object(reference.name)
        guard reference.plainLength <= Self.longestPage, reference.storedLength <= Self.longestStored else {
            throw Damage(.malformed, path, "a page of \(reference.plainLength) bytes is longer than any may be").error
        }
        let stored: [UInt8]
        do throws(StorageError) {
            stored = try await storage.get(path, range: 0..<reference.storedLength + 1)
        } catch {
            guard error.code == .notFound else { throw error }
            throw Damage(.missing, path, "a page list or manifest names it").error
        }
        let isAsRecorded = stored.count == reference.storedLength && HashFunction.sha256.digest(stored) == reference.storedHash
        if !isAsRecorded, stored.count > reference.storedLength {
            return Read(plain: try await read(reference.name).plain, isAsRecorded: false)
        }
        return Read(plain: try Self.unpack(stored, reference.name, expected: reference.storedLength), isAsRecorded: isAsRecorded)
    }

    /// The plain and the stored bytes of the object of this name, whatever length it was said to have.
    func read(_ name: ObjectName) async throws -> (plain: [UInt8], stored: [UInt8]) {
        let path = Layout.object(name)
        let stored: [UInt8]
        do throws(StorageError) {
            stored = try await storage.get(path, range: 0..<Self.longestStored)
        } catch {
            guard error.code == .notFound else { throw error }
            throw Damage(.missing, path, "it is named somewhere").error
        }
        return (try Self.unpack(stored, name, expected: nil), stored)
    }

    private static func unpack(_ stored: [UInt8], _ name: ObjectName, expected: Int?) throws(RepositoryError) -> [UInt8] {
        let path = Layout.object(name)
        func unreadable(_ detail: String) -> RepositoryError {
            if let expected, stored.count < expected { return Damage(.truncated, path, "\(stored.count) bytes of \(expected)").error }
            return Damage(.altered, path, detail).error
        }
        guard let codec = Codec(magicOf: stored) else { throw unreadable("it begins like neither zstd nor gzip") }
        let plain: [UInt8]
        do throws(CompressionError) {
            plain = try codec.decompress(stored, limit: longestPage)
        } catch {
            throw unreadable("\(error)")
        }
        let digest = HashFunction.sha256.digest(plain)
        guard digest == name.bytes else {
            // A whole frame with a checksum of its own that holds something else was most likely put there by a hand.
            throw Damage(.misplaced, path, "the bytes there are those of object \(digest.hex)").error
        }
        return plain
    }

    /// The references on a page list.
    func references(_ reference: PageReference, level: Int) async throws -> [PageReference] {
        try Self.references(in: try await read(reference).plain, reference, level: level)
    }

    static func references(in plain: [UInt8], _ reference: PageReference, level: Int) throws(RepositoryError) -> [PageReference] {
        let path = Layout.object(reference.name)
        var references: [PageReference] = []
        for line in try lines(plain, path) {
            do {
                references.append(try PageReference(json: try JSON.parse(line)))
            } catch {
                throw Damage(.malformed, path, "a line of the page list: \(error)").error
            }
        }
        let ascends = zip(references, references.dropFirst()).allSatisfy { $0.last < $1.first }
        let documents = references.reduce(0) { $0 + $1.documents }
        guard ascends, documents == reference.documents, references.first?.first == reference.first, references.last?.last == reference.last
        else { throw Damage(.malformed, path, "the page list does not fit what is above it").error }
        return references
    }

    /// The documents on a page.
    func documents(_ reference: PageReference) async throws -> [Document] {
        try Self.documents(in: try await read(reference).plain, reference)
    }

    static func documents(in plain: [UInt8], _ reference: PageReference) throws(RepositoryError) -> [Document] {
        let path = Layout.object(reference.name)
        var documents: [Document] = []
        documents.reserveCapacity(min(reference.documents, plain.count))
        for line in try lines(plain, path) {
            do {
                documents.append(try Document.parse(line))
            } catch {
                throw Damage(.malformed, path, "document \(documents.count + 1): \(error)").error
            }
        }
        let ascends = zip(documents, documents.dropFirst()).allSatisfy { $0.id < $1.id }
        guard ascends, documents.count == reference.documents, documents.first?.id == reference.first, documents.last?.id == reference.last
        else { throw Damage(.malformed, path, "the page does not fit what is above it").error }
        return documents
    }

    private static func lines(_ plain: [UInt8], _ path: StoragePath) throws(RepositoryError) -> [ArraySlice<UInt8>] {
        guard plain.last == 0x0a else { throw Damage(.malformed, path, "the last line does not end").error }
        return plain.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false)
    }
}
