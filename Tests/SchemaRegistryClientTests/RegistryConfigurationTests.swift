import SchemaRegistryClient
import Testing

@Suite("A registry's settings")
struct RegistryConfigurationTests {
    @Test(
        "URLs that cannot be meant are refused",
        arguments: ["", "registry:8081", "ftp://registry", "http://", "http://:8081", "http://a b", "http://a?x=1"])
    func refusesURLs(url: String) {
        let error = #expect(throws: RegistryError.self) { try RegistryConfiguration(baseURLs: [url]) }
        #expect(error?.kind == .configuration)
    }

    @Test("no URL at all is refused")
    func refusesNone() {
        #expect(throws: RegistryError.self) { try RegistryConfiguration(baseURLs: []) }
    }

    @Test("a password in a URL is refused without being shown")
    func refusesUserInfo() {
        let error = #expect(throws: RegistryError.self) { try RegistryConfiguration(baseURLs: ["https://me:hunter2@registry:8081"]) }
        #expect(error.map { !"\($0)".contains("hunter2") } == true)
    }

    @Test("slashes at the end of a URL do not count")
    func trims() throws {
        #expect(
            try RegistryConfiguration(baseURLs: ["https://registry:8081/apis/ccompat/v7//"]).baseURLs == [
                "https://registry:8081/apis/ccompat/v7"
            ])
    }

    @Test("no secret shows, however it is printed")
    func hidesSecrets() throws {
        let configuration = try RegistryConfiguration(
            baseURLs: ["https://registry"], credentials: .basic(user: "me", password: RegistrySecret("hunter2")),
            tls: RegistryTLS(privateKeyPEM: RegistrySecret("hunter3")))
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [
            "\(configuration)", String(reflecting: configuration), dumped, "\(RegistryCredentials.bearer(RegistrySecret("hunter4")))",
        ] {
            #expect(!text.contains("hunter"))
        }
    }
}
