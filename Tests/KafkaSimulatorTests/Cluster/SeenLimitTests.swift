import Foundation
import Testing

/// The listing of what was seen on real systems names tests that exist.
@Suite struct SeenLimitTests {
    /// Suites of this target by name, with the functions in them that are marked as tests.
    static func suites() throws -> [String: Set<String>] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)).compactMap { $0 as? URL }
        var found: [String: Set<String>] = [:]
        for file in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            // Types are at the margin, their functions behind four blanks.
            var suite: String?
            var isTest = false
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if let match = line.firstMatch(of: /^(?:@Suite.* )?(?:struct|final class|extension) (\w+)/) { suite = String(match.1) }
                if line.hasPrefix("    @Test") { isTest = true }
                guard isTest, let match = line.firstMatch(of: /^ {4}(?:@Test.* )?func (\w+)\(/) else { continue }
                if let suite { found[suite, default: []].insert(String(match.1)) }
                isTest = false
            }
        }
        return found
    }

    @Test func eachIsProvedByATestThatExists() throws {
        let suites = try Self.suites()
        for limit in SeenLimit.all {
            #expect(!limit.tests.isEmpty && !limit.summary.isEmpty, "S\(limit.number) has no test")
            for test in limit.tests {
                let parts = test.split(separator: ".").map(String.init)
                try #require(parts.count == 2, "\(test)")
                #expect(suites[parts[0]]?.contains(parts[1]) == true, "S\(limit.number): there is no test \(test)")
            }
        }
    }

    @Test func noneIsLeftOut() { #expect(SeenLimit.all.map(\.number) == Array(1...21)) }

    /// Should the reading of sources go blind, it finds neither this nor what is not there.
    @Test func theSourcesAreRead() throws {
        let suites = try Self.suites()
        #expect(suites["SeenLimitTests"] == ["eachIsProvedByATestThatExists", "noneIsLeftOut", "theSourcesAreRead"])
        #expect(suites["SeenLimitTests"]?.contains("suites") == false)
        #expect(suites["PeerTests"]?.contains("kcat") == true)
    }
}
