import Policies
import Testing

@Suite struct PolicyErrorTests {
    @Test func anUnknownKeyIsNamedWithItsPlaceAndTheNearestKnownOne() throws {
        let problem = try #require(PolicyTexts.problems(PolicyTexts.cluster("bakcup:\n  every: 15m")).first)
        #expect(problem.file == "/etc/p.yaml" && problem.line == 6 && problem.column == 5)
        #expect(problem.keyPath == "clusters[0].bakcup" && problem.hint == "did you mean 'backup'?")
        #expect(problem.description.hasPrefix("/etc/p.yaml:6:5: clusters[0].bakcup: there is no key 'bakcup' here"))
    }

    @Test func aTypoInAClientPropertyIsNamedWithItsPlaceAndTheNearestKnownOne() throws {
        let problems = PolicyTexts.problems(
            PolicyTexts.cluster(
                "properties:\n  security.protocl: SASL_SSL\n  sasl.username: backup\n  ssl.ca.location: /ca\n  reqest.timeout.ms: 1"))
        #expect(problems.map(\.line) == [7, 8, 9, 10] && problems.allSatisfy { $0.column == 7 })
        #expect(problems.first?.keyPath == "clusters[0].properties.security.protocl")
        #expect(problems.map(\.message.isEmpty) == [false, false, false, false])
        #expect(problems[0].hint == "did you mean 'security.protocol'?" && problems[3].hint == "did you mean 'request.timeout.ms'?")
        #expect(problems[1].hint.contains("docs/cli.md") && problems[2].hint.contains("docs/cli.md"))
    }

    @Test func aClientPropertyThatNobodyKnowsIsRemarkedUponWithItsPlace() throws {
        let lines = "properties:\n  foo.bar: hunter2\n  ssl.cipher.suites: X\n  ssl.provider: ''\n  linger.ms: 5\n  'a b=hunter2': x"
        let policy = try PolicyFile.parse(
            PolicyTexts.cluster(lines) + "  - {name: b, bootstrapServers: [\"b:1\"], repository: /r, properties: {other: 1}}\n",
            file: "/etc/p.yaml")
        let remarks = policy.clusters[0].remarks
        #expect(remarks.map(\.line) == [7, 8, 11], "\(remarks)")
        #expect(remarks[0].place.hasPrefix("/etc/p.yaml:7:7: clusters[0].properties.foo.bar: ") && remarks[0].message.contains("no effect"))
        #expect(remarks[1].message.contains("not applied") && !remarks.contains { $0.description.contains("hunter2") })
        #expect(policy.clusters[1].remarks.map(\.keyPath) == ["clusters[1].properties.other"])
    }

    @Test func aSingleProblemSaysItsHintOnce() throws {
        let error = #expect(throws: PolicyError.self) {
            try PolicyFile.parse(PolicyTexts.cluster("bakcup:\n  every: 15m"), file: "/etc/p.yaml")
        }
        #expect(error?.hint == "did you mean 'backup'?" && error?.message.contains("did you mean") == false)
        #expect(error?.message.contains("there is no key 'bakcup' here") == true)
        #expect(error?.description.hasSuffix("\nhint: did you mean 'backup'?") == true)
    }

    @Test func allProblemsOfAFileAreReportedAtOnceInItsOrder() {
        let problems = PolicyTexts.problems(
            """
            version: 2
            agent: {listen: nowhere, paralel: 3}
            clusters:
              - name: "not a name"
                bootstrapServers: broker:9092
                repository: /r
                backup: {schedule: "0 0 30 2 *", timeZone: Europe/Berln, timeLimit: 5}
                retention: {every: 1d}
                check: {readData: yes}
                notifications:
                  - {}
                  - {slack: https://x, command: [a]}
                restore: {existing: overwrite}
              - name: b
            """)
        #expect(
            problems.map(\.keyPath) == [
                "version", "agent.listen", "agent.paralel", "clusters[0].name", "clusters[0].bootstrapServers",
                "clusters[0].bootstrapServers",
                "clusters[0].backup.schedule", "clusters[0].backup.timeZone", "clusters[0].backup.timeLimit",
                "clusters[0].retention.schedule",
                "clusters[0].check", "clusters[0].check.readData", "clusters[0].notifications[0]", "clusters[0].notifications[1]",
                "clusters[0].restore.existing", "clusters[1]", "clusters[1].bootstrapServers",
            ])
        #expect(
            problems.allSatisfy { $0.line > 0 && $0.column > 0 && !$0.message.isEmpty && $0.hint.hasSuffix(".") || $0.hint.hasSuffix("?") })
    }

    @Test(
        arguments: [
            ("backup: {every: 1h, schedule: '@daily'}", "exclude each other"), ("backup: {every: 30s, jitter: 1m}", "jitter is longer"),
            ("backup: {every: 10ms}", "out of bounds"), ("backup: {only: [topic]}", "no kind named 'topic'"),
            ("backup: []", "a list stands"),
            ("backup:", "nothing stands"), ("backup: {offsets: {timeLimit: 1s}}", "one of the keys schedule, every is missing"),
            ("retention: {every: 1d, keepLast: 0}", "whole number"), ("retention: {every: 1d, keepLast: 1.5}", "whole number"),
            ("retention: {every: 1d, prune: maybe}", "neither true nor false"),
            ("retention: {every: 1d, keepWithin: 6m}", "no time to keep"), ("retention: {every: 1d, keepWithin: 0d}", "out of bounds"),
            ("commandConfig: ''", "empty"),
            ("properties: [a]", "a list stands where a mapping must"), ("schemaRegistry: {user: a}", "has no URL"),
            ("schemaRegistry: {urls: [http://r], user: a}", "go together"),
            ("schemaRegistry: {urls: [http://r], user: a, token: t, password: p}", "exclude"),
            ("schemaRegistry: {urls: [http://r], key: /k}", "without a certificate"), ("notifications: [{webhook: example.com}]", "no URL"),
            ("notifications: [{sendmail: [oncall]}]", "no mail address"), ("notifications: [{sendmail: ['-oX@y']}]", "no mail address"),
            ("notifications: [{slack: 'http://x', events: []}]", "the list is empty"),
            ("notifications: [{command: []}]", "the list is empty"),
            ("notifications: [{sendmail: []}]", "the list is empty"), ("notifications: [{webhook: 'http://u:p@x/'}]", "would not be sent"),
            ("notifications: [{slack: 'https://u@x/'}]", "would not be sent"), ("restore: {brokerMap: {a: 1}}", "no number"),
            ("restore: {rename: [a]}", "not old=new"), ("restore: {replicationFactor: 0}", "whole number"),
            ("backup: {every: !include x}", "must"),
        ] as [(String, String)])
    func whatIsWrongIsSaidInWords(_ lines: String, _ words: String) {
        let problems = PolicyTexts.problems(PolicyTexts.cluster(lines))
        #expect(problems.contains { $0.message.contains(words) }, "\(problems.map(\.description))")
    }

    @Test func twoClustersOfOneNameAreRefused() {
        let problems = PolicyTexts.problems(PolicyTexts.small + "\n  - {name: a, bootstrapServers: [\"b:1\"], repository: /r}\n")
        #expect(problems.map(\.message) == ["several clusters are named a"])
    }

    @Test(
        arguments: [
            ("", "empty"), ("version: 1\nversion: 1\n", "twice"), ("a: [", "no YAML"), ("\tversion: 1", "no YAML"), ("a: *b", "alias"),
            ("--- 1\n--- 2\n", "another document"), ("just text", "a plain value stands where a mapping must"), ("? [a]\n: b", "is a key"),
            ("<<: 3", "no mapping"),
        ] as [(String, String)])
    func whatIsNoPolicyAtAllIsRefused(_ text: String, _ words: String) {
        let problems = PolicyTexts.problems(text)
        #expect(problems.contains { $0.message.contains(words) }, "\(problems.map(\.description))")
    }

    @Test func aBombOfAliasesIsRefusedQuickly() {
        var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        for level in 1...14 {
            lines.append("a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]")
        }
        // Where every node of it is looked at.
        let text = PolicyTexts.cluster("backup:\n  every: 1h\n  tags: *a14").split(separator: "\n").map(String.init)
        let problems = PolicyTexts.problems((lines + text).joined(separator: "\n"))
        #expect(problems.contains { $0.message.contains("too large once its aliases are followed") })
        let many = (0...16).map { "a\($0): &a\($0) 1" }.joined(separator: "\n")
        #expect(PolicyTexts.problems(many).map(\.message) == ["there are more than 16 anchors"])
    }

    @Test func nestingWithoutEndIsRefused() {
        #expect(PolicyTexts.problems(String(repeating: "[", count: 100_000)).count == 1)
    }

    @Test func noErrorHoldsWhatStandsAtAKey() {
        let secret = "hunter2-in-clear"
        for lines in [
            "properties: \(secret)", "schemaRegistry: {urls: [x], password: [\(secret)]}", "notifications: [{slack: \(secret)}]",
            "notifications: [{webhook: 'https://x', headers: \(secret)}]", "properties: {a: {b: \(secret)}}",
            "properties: {a: x\n  b: \(secret)",
        ] {
            let problems = PolicyTexts.problems(PolicyTexts.cluster(lines))
            #expect(!problems.isEmpty && !problems.contains { $0.description.contains(secret) }, "\(lines)")
        }
    }
}
