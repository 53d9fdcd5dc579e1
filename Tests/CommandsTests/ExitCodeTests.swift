import Catalog
import Foundation
import KafkaClient
import KafkaProtocol
import Recovery
import Repository
import Storage
import Testing

@testable import Commands
@testable import SchemaRegistryClient

@Suite struct ExitCodeTests {
    /// The root of the package, from this file's own place.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func everyCodeHasItsRowInTheDocument() throws {
        let page = try String(contentsOf: Self.root.appendingPathComponent("docs/cli.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") && Int($0.dropFirst(2).prefix { $0.isNumber }) != nil }
        #expect(rows == ExitCode.allCases.map { "| \($0.rawValue) | \($0.name) | \($0.meaning) |" }.map { Substring($0) })
    }

    @Test func ownCodesStayBetweenTenAndTwentyTwoAndClearOfTheShells() {
        for code in ExitCode.allCases where ![.success, .unexpected, .usage, .interrupted, .readerGone].contains(code) {
            #expect((10...22).contains(code.rawValue))
        }
    }

    @Test(arguments: StorageError.Code.allCases)
    func storageErrors(_ code: StorageError.Code) {
        let explanation = Explanation(of: StorageError(code: code, path: "/r", message: "m", hint: "h."))
        #expect(explanation.message == "m" && explanation.hint == "h.")
        #expect(explanation.exitCode == (code == .corrupt ? .repositoryDamaged : .repositoryUnusable))
    }

    @Test(arguments: RepositoryError.Code.allCases)
    func repositoryErrors(_ code: RepositoryError.Code) {
        let expected: ExitCode =
            switch code {
            case .notARepository, .alreadyARepository, .notEmpty, .unknownFormat: .repositoryUnusable
            case .locked, .leaseLost: .locked
            case .noSuchSnapshot, .ambiguous: .usage
            case .damaged: .repositoryDamaged
            case .refused: .unexpected
            }
        #expect(Explanation(of: RepositoryError(code: code, message: "m", hint: "h.")).exitCode == expected)
    }

    @Test func kafkaErrors() {
        let expected: [(KafkaError.Code, ExitCode)] = [
            (.cannotConnect, .cannotConnect), (.timedOut, .cannotConnect), (.connectionLost, .cannotConnect), (.closed, .cannotConnect),
            (.authenticationFailed, .denied), (.tls, .denied), (.configuration, .usage), (.cancelled, .interrupted),
            (.brokerError(.clusterAuthorizationFailed), .denied), (.brokerError(.unknownServerError), .unexpected),
            (.unsupported, .unexpected), (.protocolViolation, .cannotConnect),
        ]
        for (code, exit) in expected {
            #expect(Explanation(of: KafkaError(code, outcome: .notSent, cause: "c", hint: "h.")).exitCode == exit, "\(code)")
        }
    }

    @Test func registryErrors() {
        let expected: [(RegistryError.Kind, ExitCode)] = [
            (.configuration, .usage), (.connect, .cannotConnect), (.timeout, .cannotConnect), (.tls, .denied), (.authentication, .denied),
            (.forbidden, .denied), (.conflict, .conflict), (.refused, .conflict), (.cancelled, .interrupted), (.notFound, .unexpected),
        ]
        for (kind, exit) in expected { #expect(Explanation(of: RegistryError(kind, reason: "r")).exitCode == exit, "\(kind)") }
    }

    @Test func pipelineAndCatalogErrors() {
        #expect(Explanation(of: RecoveryError(.usage, "m", hint: "h.")).exitCode == .usage)
        #expect(Explanation(of: RecoveryError(.conflict, "m", hint: "h.")).exitCode == .conflict)
        #expect(Explanation(of: RecoveryError(.drift, "m", hint: "h.")).exitCode == .conflict)
        #expect(Explanation(of: CatalogError(code: .badQuery, message: "m", hint: "h.")).exitCode == .usage)
        #expect(Explanation(of: CatalogError(code: .unusable, message: "m", hint: "h.")).exitCode == .repositoryUnusable)
        #expect(Explanation(of: UsageError("m", hint: "h.")).exitCode == .usage)
    }

    @Test func whatNobodyForesawIsReportedAsSuch() {
        struct Odd: Error {}
        let explanation = Explanation(of: Odd())
        #expect(explanation.exitCode == .unexpected)
        #expect(explanation.hint.contains("report it"))
    }

    @Test func anErrorIsRenderedEscapedWithItsHint() {
        let explanation = Explanation(message: "topic \u{1B}[2J", hint: "do it.\n", exitCode: .usage)
        #expect(explanation.render(Style(isColoured: false)) == "error: topic \\u{1b}[2J\nhint: do it.\\n\n")
    }
}
