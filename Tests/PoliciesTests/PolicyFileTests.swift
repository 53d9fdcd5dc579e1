import Foundation
import Policies
import Testing

@Suite struct PolicyFileTests {
    private func withFolder(mode: Int = 0o755, _ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "policy-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder)
        try body(folder)
    }

    private func write(_ text: String, _ path: String, mode: Int = 0o640) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test(arguments: [0o600, 0o640, 0o644, 0o400])
    func aFileOfItsOwnerIsRead(_ mode: Int) throws {
        try withFolder { folder in
            try write(PolicyTexts.small, "\(folder)/p.yaml", mode: mode)
            #expect(try PolicyFile.read("\(folder)/p.yaml").clusters[0].repository == "\(folder)/backups")
        }
    }

    @Test(arguments: [0o660, 0o646, 0o622, 0o666])
    func aFileThatOthersMayChangeIsRefused(_ mode: Int) throws {
        try withFolder { folder in
            try write(PolicyTexts.small, "\(folder)/p.yaml", mode: mode)
            let error = #expect(throws: PolicyError.self) { try PolicyFile.read("\(folder)/p.yaml") }
            #expect(error?.hint.contains("chmod go-w \(folder)/p.yaml") == true)
        }
    }

    @Test(arguments: [0o775, 0o757])
    func aFileInAFolderThatOthersMayChangeIsRefused(_ mode: Int) throws {
        try withFolder(mode: mode) { folder in
            try write(PolicyTexts.small, "\(folder)/p.yaml")
            let error = #expect(throws: PolicyError.self) { try PolicyFile.read("\(folder)/p.yaml") }
            #expect(error?.hint.contains("chmod go-w \(folder)") == true)
            // A link does not hide it.
            try withFolder { other in
                try FileManager.default.createSymbolicLink(atPath: "\(other)/p.yaml", withDestinationPath: "\(folder)/p.yaml")
                #expect(throws: PolicyError.self) { try PolicyFile.read("\(other)/p.yaml") }
            }
        }
    }

    @Test func aStickyFolderWillDo() throws {
        try withFolder(mode: 0o1777) { folder in
            try write(PolicyTexts.small, "\(folder)/p.yaml")
            #expect(try PolicyFile.read("\(folder)/p.yaml").clusters.count == 1)
        }
    }

    @Test func whatIsNoFileOfTextIsRefused() throws {
        try withFolder { folder in
            #expect(throws: PolicyError.self) { try PolicyFile.read("\(folder)/none.yaml") }
            #expect(throws: PolicyError.self) { try PolicyFile.read(folder) }
            #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
            #expect(throws: PolicyError.self) { try PolicyFile.read("\(folder)/pipe") }
            try Data([0xFF, 0xFE, 0x00]).write(to: URL(fileURLWithPath: "\(folder)/binary"))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder)/binary")
            #expect(throws: PolicyError.self) { try PolicyFile.read("\(folder)/binary") }
            try write("#" + String(repeating: "x", count: PolicyFile.limit), "\(folder)/long.yaml")
            let error = #expect(throws: PolicyError.self) { try PolicyFile.read("\(folder)/long.yaml") }
            #expect(error?.message.contains("larger than 4 MiB") == true)
        }
    }
}
