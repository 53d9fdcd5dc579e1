import KafkaClient
import Policies
import Seams
import Testing

@Suite struct SecretTests {
    private let environment = Environment(["PW": "s3cr\"et", "EMPTY": ""])

    private func read(_ path: String) throws(KafkaError) -> [UInt8] {
        guard path == "/run/pw" else { throw unreadable() }
        return Array("from file\n".utf8)
    }

    private func unreadable() -> KafkaError {
        do throws(KafkaError) {
            _ = try ConfigurationFile.read("/nonexistent/file")
        } catch {
            return error
        }
        preconditionFailure("there is no such file")
    }

    @Test(
        arguments: [
            ("${PW}", "s3cr\"et"), ("a${PW}b", "as3cr\"etb"), ("file:/run/pw", "from file"), ("plain", "plain"), ("$${PW}", "${PW}"),
            ("${env:PW}", "${env:PW}"), ("${9}", "${9}"), ("${PW", "${PW"), ("$", "$"), ("file:///run/pw", "file:///run/pw"), ("", ""),
        ])
    func isResolvedWhenItIsNeeded(_ text: String, _ value: String) throws {
        #expect(try SecretSource(text).resolve("k", environment, read: read).revealed == value)
    }

    @Test(arguments: [("${NONE}", "NONE"), ("${EMPTY}", "EMPTY"), ("file:/other", "/nonexistent")])
    func whatCannotBeResolvedIsNamedWithItsKey(_ text: String, _ named: String) {
        let error = #expect(throws: PolicyError.self) { try SecretSource(text).resolve("schemaRegistry.password", environment, read: read) }
        #expect(error?.message.contains("schemaRegistry.password") == true && error?.message.contains(named) == true)
    }

    @Test func noDescriptionShowsWhatIsWrittenOut() {
        let source = SecretSource("user:hunter2${PW}")
        #expect("\(source)" == "[redacted]${PW}" && source.isWrittenOut)
        #expect(!String(reflecting: source).contains("hunter2"))
        var dumped = ""
        dump(source, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect("\(SecretSource("file:/run/pw"))" == "file:/run/pw" && !SecretSource("${PW}").isWrittenOut)
    }

    @Test func aPropertyKeepsItsReferenceForTheClientToResolve() {
        #expect(SecretSource("pw=\"${PW}\";").asProperty.revealed == "pw=\"${env:PW}\";")
        #expect(SecretSource("file:pw", folder: "/etc/t").asProperty.revealed == "${file:/etc/t/pw}")
    }
}
