import Policies
import SnapshotModel
import Testing

@Suite struct EffectiveTests {
    @Test func showsEverythingButSecrets() throws {
        let policy = try PolicyFile.parse(
            PolicyTexts.cluster(
                """
                properties:
                  security.protocol: SASL_SSL
                  sasl.jaas.config: 'x password="hunter2";'
                  ssl.keystore.password: "${PW}"
                  ssl.truststore.location: /ca.pem
                schemaRegistry: {urls: ["http://r"], user: hunter2, password: file:/run/pw}
                notifications: [{slack: "https://hooks/hunter2"}, {webhook: "${URL}", headers: {X: hunter2}}]
                """), file: "/etc/p.yaml")
        let text = String(decoding: policy.effective.canonicalBytes, as: UTF8.self)
        #expect(!text.contains("hunter2"))
        let properties = try #require(policy.effective["clusters"]?.array?.first?["properties"]?.object)
        #expect(properties["security.protocol"] == "SASL_SSL" && properties["ssl.truststore.location"] == "/ca.pem")
        #expect(properties["ssl.keystore.password"] == "${PW}" && properties["sasl.jaas.config"] == "[redacted]")
        #expect(policy.effective["agent"]?["listen"] == "off")
    }
}
