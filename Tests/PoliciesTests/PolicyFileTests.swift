import Foundation
import Glibc
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

    // MARK: Whom a policy belongs to

    private static let nobody = 65_534
    private static let isRoot: ConditionTrait = .enabled(if: geteuid() == 0, "files are given to somebody else")

    private func give(_ path: String) throws { try #require(lchown(path, uid_t(Self.nobody), gid_t(Self.nobody)) == 0) }

    private func isRefused(_ path: String, _ words: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: PolicyError.self, sourceLocation: sourceLocation) { try PolicyFile.read(path) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        #expect(error?.hint.isEmpty == false, sourceLocation: sourceLocation)
    }

    @Test(isRoot) func aFileOrAFolderOfSomebodyElseIsRefused() throws {
        try withFolder { folder in
            try write(PolicyTexts.small, "\(folder)/p.yaml")
            try give("\(folder)/p.yaml")
            isRefused("\(folder)/p.yaml", "it belongs to user \(Self.nobody)")
        }
        try withFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/theirs/mine", withIntermediateDirectories: true)
            try write(PolicyTexts.small, "\(folder)/theirs/mine/p.yaml")
            try give("\(folder)/theirs")
            isRefused("\(folder)/theirs/mine/p.yaml", "the folder '\(folder)/theirs' belongs to user \(Self.nobody)")
        }
    }

    @Test(isRoot) func whatSomebodyElsePutIntoAStickyFolderIsRefused() throws {
        try withFolder(mode: 0o1777) { folder in
            try withFolder { own in
                try write(PolicyTexts.small, "\(own)/p.yaml")
                try FileManager.default.createSymbolicLink(atPath: "\(folder)/p.yaml", withDestinationPath: "\(own)/p.yaml")
                #expect(try PolicyFile.read("\(folder)/p.yaml").clusters.count == 1)
                try give("\(folder)/p.yaml")
                isRefused("\(folder)/p.yaml", "'\(folder)/p.yaml' belongs to user \(Self.nobody)")
            }
        }
    }

    @Test func aFolderFarAboveThatOthersMayChangeIsRefused() throws {
        try withFolder(mode: 0o777) { folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder)/a/b", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
            try write(PolicyTexts.small, "\(folder)/a/b/p.yaml")
            isRefused("\(folder)/a/b/p.yaml", "they may write to its folder '\(folder)'")
        }
    }

    @Test func aLinkInTheMiddleOfSeveralIsLookedAtWhereItIs() throws {
        try withFolder { first in
            try withFolder(mode: 0o777) { open in
                try withFolder { last in
                    try write(PolicyTexts.small, "\(last)/p.yaml")
                    try FileManager.default.createSymbolicLink(atPath: "\(open)/p.yaml", withDestinationPath: "\(last)/p.yaml")
                    try FileManager.default.createSymbolicLink(atPath: "\(first)/p.yaml", withDestinationPath: "\(open)/p.yaml")
                    isRefused("\(first)/p.yaml", "they may write to its folder '\(open)'")
                }
            }
        }
        // Links that are nobody else's are followed, relative ones and those of folders too, as a volume of Kubernetes has them.
        try withFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/..2026", withIntermediateDirectories: false)
            try write(PolicyTexts.small, "\(folder)/..2026/p.yaml")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/..data", withDestinationPath: "..2026")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/p.yaml", withDestinationPath: "..data/p.yaml")
            #expect(try PolicyFile.read("\(folder)/./..data/../p.yaml").clusters.count == 1)
        }
    }

    @Test func aMarkOfUTF8AtTheBeginningIsNoPartOfIt() throws {
        try withFolder { folder in
            try write("\u{FEFF}" + PolicyTexts.small, "\(folder)/p.yaml")
            #expect(try PolicyFile.read("\(folder)/p.yaml").clusters.count == 1)
        }
    }

    @Test(arguments: [".", ".."]) func dotsAloneAreNoNameOfACluster(_ name: String) {
        let problems = PolicyTexts.problems(PolicyTexts.small.replacing("name: a", with: "name: \"\(name)\""))
        #expect(problems.map(\.keyPath) == ["clusters[0].name"] && problems[0].message == "it is no name")
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
