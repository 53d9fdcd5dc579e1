import Seams
import Testing

@testable import KafkaClient

@Suite struct SecretReferencesTests {
    private static let files = [
        "/run/secrets/password": "hunter2\n", "/etc/k.properties": "user = alice\npass\\ word=x\\=y\n", "/dir/token": "tok", "/empty": "",
    ]

    private func read(_ text: String, _ variables: [String: String] = [:]) throws(KafkaError) -> ClientConfiguration {
        try ClientProperties(Array(text.utf8), environment: Environment(variables)) { (path) throws(KafkaError) in
            guard let content = Self.files[path] else { throw .configuration("the file \(path) cannot be read", "Check the path.") }
            return Array(content.utf8)
        }.configuration
    }

    private func password(_ value: String, _ variables: [String: String] = [:], more: String = "") throws -> String? {
        let text =
            "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n\(more)\n"
            + #"sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="\#(value)";"#
        guard case .password(let credentials) = try read(text, variables).security.sasl else { return nil }
        return credentials.password.revealed
    }

    @Test func eachOfKafkasThreeProvidersAndAWholeFileAreResolved() throws {
        #expect(try password("${env:PW}", ["PW": "s3\"cret\\ ;"]) == "s3\"cret\\ ;")
        #expect(try password("${env::PW}", ["PW": "a"]) == "a")
        #expect(try password("${file:/run/secrets/password}") == "hunter2")
        #expect(try password("${file:/etc/k.properties:user}") == "alice")
        #expect(try password("${file:/etc/k.properties:pass word}") == "x=y")
        #expect(try password("${directory:/dir:token}") == "tok")
        #expect(try password("a-${env:PW}-${directory:/dir:token}-z", ["PW": "${env:PW}"]) == "a-${env:PW}-tok-z")
    }

    @Test func aNameThatConfigProvidersGivesIsUnderstoodAndAForeignOneStays() throws {
        let more = "config.providers=my, vault\nconfig.providers.my.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider"
        #expect(try password("${my:PW}", ["PW": "p"], more: more) == "p")
        #expect(try password("${other:PW}", ["PW": "p"]) == "${other:PW}")
        #expect(try password("${PW}", ["PW": "p"]) == "${PW}")
        #expect(try password("a${env:PW", ["PW": "p"]) == "a${env:PW")
    }

    @Test func aWholeLoginAndAnyOtherKeyMayBeAReference() throws {
        let jaas = #"x.PlainLoginModule required username="u" password="p";"#
        let text = "bootstrap.servers=${env:SERVERS}\nsecurity.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=${env:JAAS}"
        let configuration = try read(text, ["JAAS": jaas, "SERVERS": "a:1"])
        #expect(configuration.bootstrap.map(\.description) == ["a:1"])
        guard case .password(let credentials) = configuration.security.sasl else { return #expect(Bool(false)) }
        #expect(credentials.password == Secret("p"))
    }

    /// What looks like a reference may be a part of a password.
    @Test(arguments: [
        ("${env:NOPE}", "env", "no such variable", "NOPE"), ("${env:EMPTY}", "env", "empty", "EMPTY"),
        ("${file:/missing}", "file", "cannot be read", "missing"), ("${file:/etc/k.properties:nope}", "file", "no such key", "nope"),
        ("${directory:/dir:../etc/passwd}", "directory", "no file of the directory", "passwd"),
        ("${directory:/dir}", "directory", "no file of the directory", "/dir"),
        ("${vault:secret/x:y}", "vault", "vault.Provider", "secret/x"),
    ])
    func whatCannotBeResolvedNamesKeyAndProviderAndNothingOfTheValue(
        reference: String, provider: String, words: String, hidden: String
    ) {
        #expect {
            try password(
                "${file:/run/secrets/password}-pass-\(reference)", ["EMPTY": ""],
                more: "config.providers=vault\nconfig.providers.vault.class=vault.Provider")
        } throws: { error in
            guard let error = error as? KafkaError else { return false }
            let text = error.description
            return error.code == .configuration
                && error.cause.hasPrefix("sasl.jaas.config, option password: a reference ${\(provider):…} cannot be resolved")
                && error.cause.contains(words) && !text.contains(hidden) && !text.contains("hunter2") && !text.contains("-pass-")
        }
        #expect { try read("client.id=\(reference)\nconfig.providers=vault\nconfig.providers.vault.class=vault.Provider") } throws: {
            ($0 as? KafkaError)?.cause.hasPrefix("client.id: a reference ${\(provider):…}") == true
        }
    }

    @Test func whatAReferenceStandsForIsTakenAsItIs() throws {
        let jaas = #"x.PlainLoginModule required username="u" password="a${env:HOME}b";"#
        let text = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=${env:JAAS}"
        guard case .password(let credentials) = try read(text, ["JAAS": jaas, "HOME": "/root"]).security.sasl else {
            return #expect(Bool(false))
        }
        #expect(credentials.password == Secret("a${env:HOME}b"))
        #expect(try password("${env:PW}", ["PW": "${file:/missing}"]) == "${file:/missing}")
    }
}
