import Glibc
import Seams
import Testing

@testable import Storage

/// Linux's identity of one thread towards file systems; the Glibc module does not import its header.
@_silgen_name("setfsuid") @discardableResult
private func setfsuid(_ user: UInt32) -> Int32

@Suite struct DirectoryStorageTests {
    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    @Test func filesAndFoldersAreTheirOwnersOnly() async throws {
        try await withFolder { folder in
            try DirectoryStorage(root: "\(folder)/store", time: HandTime()).put([1], at: "a/b/c", mode: .ifAbsent)
            #expect(mode("\(folder)/store") == 0o700)
            #expect(mode("\(folder)/store/a/b") == 0o700)
            #expect(mode("\(folder)/store/a/b/c") == 0o600)
        }
    }

    @Test func aRootThatIsAFileIsRefusedAndLeftAsItIs() async throws {
        try await withFolder { folder in
            let path = "\(folder)/file"
            try DirectoryStorage(root: folder, time: HandTime()).put([7], at: "file", mode: .ifAbsent)
            let storage = DirectoryStorage(root: path, time: HandTime())
            let error = #expect(throws: StorageError.self) { try storage.put([1], at: "x", mode: .ifAbsent) }
            #expect(error?.code == .notADirectory && error?.message.contains(path) == true)
            #expect(error?.hint.isEmpty == false)
            #expect(throws: StorageError.self) { try storage.get("x", range: nil) }
            #expect(try DirectoryStorage(root: folder, time: HandTime()).get("file", range: nil) == [7])
        }
    }

    @Test func aRootWhoseParentIsMissingIsNotMade() async throws {
        try await withFolder { folder in
            let storage = DirectoryStorage(root: "\(folder)/no/store", time: HandTime())
            let error = #expect(throws: StorageError.self) { try storage.put([1], at: "x", mode: .ifAbsent) }
            #expect(error?.code == .notFound && error?.hint.contains("mounted") == true)
            #expect(mode("\(folder)/no") == nil)
        }
    }

    /// Root may write everywhere, so the thread gives up that right for the file system while it tries.
    @Test func aFolderThatMayNotBeWrittenIsSaidToBeSo() async throws {
        try await withFolder { folder in
            let storage = DirectoryStorage(root: "\(folder)/store", time: HandTime())
            try storage.put([1], at: "x", mode: .ifAbsent)
            chmod(folder, 0o755)
            chmod("\(folder)/store", 0o555)
            chmod("\(folder)/store/x", 0o444)
            func tryIt() -> (put: StorageError?, got: [UInt8]?) {
                if geteuid() == 0 { setfsuid(65_534) }
                defer { setfsuid(geteuid()) }
                let got = try? storage.get("x", range: nil)
                do throws(StorageError) {
                    try storage.put([2], at: "y", mode: .ifAbsent)
                    return (nil, got)
                } catch {
                    return (error, got)
                }
            }
            let (error, got) = tryIt()
            chmod("\(folder)/store", 0o700)
            #expect(error?.code == .notWritable && error?.message.contains("\(folder)/store/y") == true)
            #expect(got == [1], "what is there stays readable")
        }
    }

    /// Whoever runs this is not both root and somebody else.
    @Test func aFolderOfSomebodyElseIsNotWrittenInto() async throws {
        try await withFolder { folder in
            let root: String
            if geteuid() == 0 {
                root = "\(folder)/theirs"
                mkdir(root, 0o755)
                #expect(chown(root, 12_345, 12_345) == 0)
            } else {
                root = "/usr"
            }
            let storage = DirectoryStorage(root: root, time: HandTime())
            let error = #expect(throws: StorageError.self) { try storage.put([1], at: "x", mode: .overwrite) }
            #expect(error?.code == .notOurs && error?.hint.contains("chown") == true)
            let found = try storage.head("x")
            #expect(found == nil)
        }
    }

    @Test(arguments: [ENOSPC, EDQUOT, EFBIG], [0, 1, 5_000]) func aFullDiskLeavesNothingBehind(_ number: Int32, _ room: Int) async throws {
        try await withFolder { folder in
            let whole = DirectoryStorage(root: folder, time: HandTime())
            try whole.put([1, 2, 3], at: "a/x", mode: .ifAbsent)
            let storage = DirectoryStorage(root: folder, time: HandTime()) { descriptor, bytes, count in
                let position = Int(lseek(descriptor, 0, SEEK_CUR))
                if position >= room {
                    errno = number
                    return -1
                }
                return write(descriptor, bytes, min(count, room - position))
            }
            for mode in [PutMode.overwrite, .ifAbsent] {
                let path: StoragePath = mode == .overwrite ? "a/x" : "a/y"
                let error = #expect(throws: StorageError.self) {
                    try storage.put([UInt8](repeating: 9, count: 10_000), at: path, mode: mode)
                }
                #expect(error?.code == .full && error?.hint.contains("room") == true)
            }
            #expect(try whole.get("a/x", range: nil) == [1, 2, 3])
            #expect(try whole.list(nil, after: nil, limit: 10).map(\.path) == ["a/x"])
            #expect(try whole.leftovers().isEmpty)
        }
    }

    @Test func linksAreNotFollowedOutOfTheStore() async throws {
        try await withFolder { folder in
            let storage = DirectoryStorage(root: "\(folder)/store", time: HandTime())
            try storage.put([1], at: "in", mode: .ifAbsent)
            try DirectoryStorage(root: "\(folder)/outside", time: HandTime()).put([6], at: "secret", mode: .ifAbsent)
            symlink("\(folder)/outside", "\(folder)/store/folder")
            symlink("\(folder)/outside/secret", "\(folder)/store/file")
            #expect(throws: StorageError.self) { try storage.get("folder/secret", range: nil) }
            #expect(throws: StorageError.self) { try storage.get("file", range: nil) }
            #expect(throws: StorageError.self) { try storage.put([2], at: "folder/new", mode: .overwrite) }
            #expect(mode("\(folder)/outside/new") == nil)
            let listed = try storage.list(nil, after: nil, limit: 10)
            #expect(listed.map(\.path) == ["file", "folder", "in"] && listed.map(\.isOrdinary) == [false, false, true])
        }
    }

    @Test func aPipeInAnObjectsPlaceDoesNotHoldUsUp() async throws {
        try await withFolder { folder in
            #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
            let storage = DirectoryStorage(root: folder, time: HandTime())
            let error = #expect(throws: StorageError.self) { try storage.get("pipe", range: nil) }
            #expect(error?.code == .corrupt)
        }
    }

    @Test func whatAKilledWriterLeftAsideIsNotListedButNamed() async throws {
        try await withFolder { folder in
            let storage = DirectoryStorage(root: folder, time: HandTime())
            try storage.put([1], at: "a/x", mode: .ifAbsent)
            let aside = "\(folder)/a/\(DirectoryStorage.asidePrefix)\(getpid())-2"
            close(open(aside, O_CREAT | O_WRONLY, 0o600))
            try storage.put([2], at: "a/y", mode: .ifAbsent)
            #expect(try storage.list(nil, after: nil, limit: 10).map(\.path) == ["a/x", "a/y"])
            #expect(try storage.leftovers().count == 1)
        }
    }

    @Test func namesThatAreNotUTF8AreListedAsTheyAre() async throws {
        try await withFolder { folder in
            let storage = DirectoryStorage(root: folder, time: HandTime())
            let path = try #require(StoragePath(bytes: .init(bytes: [0x66, 0xff])))
            try storage.put([1], at: path, mode: .ifAbsent)
            #expect(try storage.list(nil, after: nil, limit: 10).map(\.path) == [path])
            #expect(try storage.get(path, range: nil) == [1])
        }
    }

    @Test func aFolderInAnObjectsPlaceIsNotReplaced() async throws {
        try await withFolder { folder in
            let storage = DirectoryStorage(root: folder, time: HandTime())
            try storage.put([1], at: "a/x", mode: .ifAbsent)
            for mode in [PutMode.ifAbsent, .overwrite] { #expect(throws: StorageError.self) { try storage.put([2], at: "a", mode: mode) } }
            #expect(throws: StorageError.self) { try storage.get("a", range: nil) }
            #expect(throws: StorageError.self) { try storage.delete("a") }
            #expect(try storage.get("a/x", range: nil) == [1])
        }
    }
}
