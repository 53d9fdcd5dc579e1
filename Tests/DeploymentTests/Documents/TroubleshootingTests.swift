import Foundation
import Testing

@Suite struct TroubleshootingTests {
    /// The sources as one text, texts that go on behind a `+` put together.
    private static func sources() throws -> String {
        let root = "\(Shipped.root)/Sources"
        let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") } ?? []
        // Foundation's expressions: over megabytes Swift's own take a minute in a debug build.
        return try files.map { try Shipped.text("Sources/\($0)") }.joined()
            .replacingOccurrences(of: "\"\\s*\\+\\s*\"", with: "", options: .regularExpression)
    }

    /// The texts that the page is ordered by, without what differs from case to case.
    private static func quoted(_ page: String) -> [[String]] {
        page.split(separator: "\n").filter { $0.hasPrefix("### ") }.flatMap { line in
            line.matches(of: /`([^`]+)`/).map { match in
                match.output.1.split(separator: "…").map { String($0) }
            }
        }
    }

    @Test func everyWordOfAQuotedErrorStandsInTheProgram() throws {
        let sources = try Self.sources()
        let texts = try Self.quoted(Shipped.text("docs/troubleshooting.md"))
        #expect(texts.count > 40)
        for text in texts {
            for words in text {
                let isThere = sources.range(of: words, options: .literal) != nil
                #expect(isThere, "\(text.joined(separator: "…"))")
            }
        }
    }

    /// Links between pages, and to places in them, lead somewhere.
    @Test func linksOfTheOperatorsPagesLeadSomewhere() throws {
        let pages =
            ["README.md"] + ["operations.md", "troubleshooting.md", "monitoring/README.md", "kubernetes/README.md"].map { "docs/\($0)" }
        for page in pages {
            let folder = URL(fileURLWithPath: "\(Shipped.root)/\(page)").deletingLastPathComponent().path
            for match in try Shipped.text(page).matches(of: /\]\(([^)\s]+)\)/) where !match.output.1.contains("://") {
                let parts = match.output.1.split(separator: "#", omittingEmptySubsequences: false)
                let target = parts[0].isEmpty ? "\(Shipped.root)/\(page)" : "\(folder)/\(parts[0])"
                #expect(FileManager.default.fileExists(atPath: target), "\(page): \(match.output.1)")
                guard parts.count == 2 else { continue }
                let anchors = try String(contentsOfFile: target, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("#") }.map {
                    $0.drop { $0 == "#" || $0 == " " }.lowercased().replacing(/[^a-z0-9 -]/, with: "").replacing(" ", with: "-")
                }
                #expect(anchors.contains(String(parts[1])), "\(page): \(match.output.1)")
            }
        }
    }

    /// What a page tells an operator to install or to run is there.
    @Test func filesThatPagesNameAreThere() throws {
        for page in ["docs/operations.md", "docs/kubernetes/README.md", "systemd/tidemark-agent.service", "cron/tidemark"] {
            let words = try Shipped.text(page).split { $0.isWhitespace || "`()[],;:".contains($0) }.map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: "."))
            }
            for word in words where ["systemd/", "cron/", "policies/", "docs/"].contains(where: word.hasPrefix) {
                #expect(FileManager.default.fileExists(atPath: "\(Shipped.root)/\(word)"), "\(page): \(word)")
            }
        }
    }

    /// The line of cron/tidemark stands in the page as it is.
    @Test func thePageHasTheCrontabLine() throws {
        let line = try #require(Shipped.text("cron/tidemark").split(separator: "\n").last)
        #expect(try Shipped.text("docs/operations.md").contains("    \(line)\n"))
    }
}
