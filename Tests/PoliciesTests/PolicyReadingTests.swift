import Policies
import Recovery
import Resources
import Seams
import Testing

@Suite struct PolicyReadingTests {
    @Test func everyKeyEndsUpWhereItBelongs() throws {
        let policy = try PolicyFile.parse(
            PolicyTexts.cluster(
                """
                commandConfig: client.properties
                properties: {security.protocol: SASL_SSL, request.timeout.ms: 3000, flag: true}
                schemaRegistry: {urls: ["http://r:8081"], user: me, password: "${PW}", authorities: /ca.pem}
                backup:
                  schedule: "5 2 * * *"
                  timeZone: Europe/Berlin
                  jitter: 5m
                  timeLimit: 1h
                  only: [topics]
                  except: ["topics:tmp-*"]
                  tags: [nightly, 2026]
                  offsets: {every: 30s, timeLimit: 25s}
                retention: {every: 1d, keepLast: 1, keepHourly: 2, keepDaily: 3, keepWeekly: 4, keepMonthly: 5, keepYearly: 6, keepWithin: 30d, keepTags: [x], prune: false}
                check: {schedule: "@weekly", readData: true}
                notifications:
                  - command: [/bin/true, --now]
                    events: [missed]
                restore: {existing: update, offsets: start, replicationFactor: 3, rename: ["a=b"], brokerMap: {1: 101, 2: 102}}
                """), file: "/etc/tidemark/p.yaml")
        let cluster = try policy.cluster(nil)
        #expect(cluster.name == "a" && cluster.bootstrapServers == ["127.0.0.1:9092"] && cluster.repository == "/etc/tidemark/backups")
        #expect(cluster.commandConfig == "/etc/tidemark/client.properties" && cluster.properties.count == 3)
        #expect(cluster.schemaRegistry?.urls == ["http://r:8081"] && cluster.schemaRegistry?.authorities == "/ca.pem")
        let backup = try #require(cluster.backup)
        #expect(backup.cadence.schedule?.description == "5 2 * * * (Europe/Berlin), up to 5m later")
        #expect(backup.timeLimit == .seconds(3600) && backup.tags == ["nightly", "2026"])
        #expect(backup.selection.description == "+topics -topics:tmp-*")
        #expect(backup.offsets?.cadence.schedule?.description == "every 30s" && backup.offsets?.timeLimit == .seconds(25))
        let retention = try #require(cluster.retention)
        #expect([retention.rules.last, retention.rules.hourly, retention.rules.daily] == [1, 2, 3])
        #expect([retention.rules.weekly, retention.rules.monthly, retention.rules.yearly] == [4, 5, 6])
        #expect(retention.rules.within == .seconds(30 * 86_400) && retention.rules.tags == ["x"] && !retention.prune)
        #expect(cluster.check?.readData == true && cluster.check?.cadence.schedule?.description == "@weekly (UTC)")
        #expect(cluster.notifications.first?.channel == .command(["/bin/true", "--now"]) && cluster.notifications.first?.on == [.missed])
        #expect(cluster.restore.existing == .update && cluster.restore.offsets == .start && cluster.restore.replicationFactor == 3)
        #expect(cluster.restore.brokerMap == [1: 101, 2: 102] && cluster.restore.renames.count == 1)
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let policy = try PolicyFile.parse(PolicyTexts.small, file: "p.yaml")
        #expect(policy.agent == AgentSettings() && policy.agent.listen == nil)
        let cluster = try policy.cluster("a")
        #expect(
            cluster.repository == "backups" && cluster.backup == nil && cluster.retention == nil && cluster.restore == RestoreDefaults())
    }

    @Test(
        arguments: [("off", nil), ("9464", "127.0.0.1:9464"), ("0.0.0.0:0", "0.0.0.0:0"), ("\"[::1]:80\"", "[::1]:80")]
            as [(String, String?)])
    func theAgentListensWhereItIsTold(_ text: String, _ address: String?) throws {
        let policy = try PolicyFile.parse(PolicyTexts.small + "\nagent: {listen: \(text)}\n", file: "p.yaml")
        #expect(policy.agent.listen?.description == address)
    }

    @Test(arguments: ["", ":", ":80", "host", "host:", "65536", "-1", "+1", "::1:80", "[::1]", "[]:80", "host:8 0", "1:2:3"])
    func whatIsNoAddressIsNone(_ text: String) { #expect(ListenAddress(text) == nil) }

    @Test func aClusterIsFoundByNameOrByBeingTheOnlyOne() throws {
        let two = PolicyTexts.small + "\n  - {name: berlin, bootstrapServers: [\"b:1\"], repository: /r}\n"
        let policy = try PolicyFile.parse(two, file: "p.yaml")
        #expect(try policy.cluster("berlin").repository == "/r")
        let unnamed = #expect(throws: PolicyError.self) { try policy.cluster(nil) }
        #expect(unnamed?.hint.contains("a, berlin") == true)
        let mistyped = #expect(throws: PolicyError.self) { try policy.cluster("berln") }
        #expect(mistyped?.hint.contains("did you mean berlin?") == true)
    }

    @Test func anchorsAndMergesAreFollowed() throws {
        let text = """
            version: 1
            clusters:
              - &first
                name: a
                bootstrapServers: ["a:1"]
                repository: /r
                backup: {every: 1h}
              - <<: *first
                name: b
            """
        let policy = try PolicyFile.parse(text, file: "p.yaml")
        #expect(policy.clusters.map(\.name) == ["a", "b"] && policy.clusters[1].backup == policy.clusters[0].backup)
    }
}
