import ArgumentParser
import Foundation
import KafkaSimulator
import Testing

@testable import Commands

/// What `tidemark simulator` can be asked to be.
@Suite struct SimulatorTests {
    @Test func whatIsAskedForIsConfigured() async throws {
        try await withDirectory { directory in
            let users = "\(directory)/users"
            try "# the crew\nadmin=admin=secret\nann=ann-secret\n".write(toFile: users, atomically: true, encoding: .utf8)
            let keys = "\(directory)/keys"
            try "app=AKID:s/e+c=ret\n\nother=AKIE:secret:to:ken\n".write(toFile: keys, atomically: true, encoding: .utf8)
            let verb = try Simulator.parse([
                "--brokers", "2", "--port", "0", "--users-file", users, "--aws-keys-file", keys, "--unsecured-bearer", "--super-user",
                "User:admin", "--super-user", "User:CN=ops,O=x", "--property", "auto.create.topics.enable=false", "--property",
                "log.retention.check.interval.ms=1000", "--feature", "share.version=1",
            ])
            let configuration = try verb.simulated()
            #expect(configuration.brokerIDs == [1, 2])
            #expect(configuration.users?.map(\.name) == ["admin", "ann"])
            #expect(configuration.users?.map(\.password) == ["admin=secret", "ann-secret"])
            #expect(configuration.awsKeys.map(\.user) == ["app", "other"])
            #expect(configuration.awsKeys.map(\.secretAccessKey) == ["s/e+c=ret", "secret"])
            #expect(configuration.awsKeys.map(\.sessionToken) == [nil, "to:ken"])
            #expect(configuration.acceptsUnsecuredTokens)
            #expect(configuration.authorizer?.superUsers == ["User:admin", "User:CN=ops,O=x"])
            #expect(configuration.authorizer?.allowsEveryoneWithoutAcl == false)
            #expect(configuration.brokerProperties["auto.create.topics.enable"] == "false" && configuration.brokerProperties.count == 2)
            #expect(configuration.features == ["share.version": 1])
            let open = try Simulator.parse(["--allow-everyone-without-acl"]).simulated()
            #expect(open.authorizer?.allowsEveryoneWithoutAcl == true && open.authorizer?.superUsers == [])
            let plain = try Simulator.parse([]).simulated()
            #expect(plain.authorizer == nil && plain.users == nil && plain.tls == nil && plain.awsKeys.isEmpty)
        }
    }

    @Test(
        arguments: [
            (["--super-user", "admin"], "User:admin"), (["--feature", "share.version=x"], "share.version"),
            (["--feature", "share"], "--help"),
            (["--property", "=x"], "--help"), (["--tls-client-authority", "f"], "--tls-certificate"),
        ] as [([String], String)])
    func whatMakesNoSenseIsAUsageError(_ arguments: [String], _ named: String) async {
        let fake = FakeShell()
        #expect(await fake.run(["simulator", "--port", "0"] + arguments) == .usage)
        #expect(fake.errors.text.contains(named) && fake.errors.text.contains("\nhint: "), "\(fake.errors.text)")
    }

    @Test func aLineThatIsNoneIsNamedAndNotShown() async throws {
        try await withDirectory { directory in
            for (option, text) in [("--users-file", "admin=x\n\nsecret-word\n"), ("--aws-keys-file", "# keys\n\napp=secret-word\n")] {
                let file = "\(directory)/lines"
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                let fake = FakeShell()
                #expect(await fake.run("simulator", "--port", "0", option, file) == .usage)
                #expect(fake.errors.text.contains("line 3 of '\(file)'"), "\(fake.errors.text)")
                #expect(!fake.errors.text.contains("secret-word"))
            }
        }
    }

    @Test func rulesAndUsersAreInForce() async throws {
        try await withDirectory { directory in
            let users = "\(directory)/users"
            try "admin=admin-secret\nann=ann-secret\n".write(toFile: users, atomically: true, encoding: .utf8)
            for user in ["admin", "ann", "nobody"] {
                try """
                security.protocol=SASL_PLAINTEXT
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="\(user)" password="\(user)-secret";
                """.write(toFile: "\(directory)/\(user).properties", atomically: true, encoding: .utf8)
            }
            let simulator = FakeShell()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = await simulator.run(
                        "simulator", "--brokers", "1", "--port", "0", "--users-file", users, "--super-user", "User:admin", "--json")
                }
                defer { group.cancelAll() }
                while !simulator.output.text.contains("\n"), simulator.errors.text.isEmpty { await Task.yield() }
                let answer = try JSONSerialization.jsonObject(with: Data(simulator.output.text.utf8)) as? [String: Any]
                let servers = try #require(answer?["bootstrapServers"] as? String, "\(simulator.errors.text)")
                func backup(_ user: String) async throws -> (code: Commands.ExitCode?, said: String) {
                    let repository = "\(directory)/\(user)"
                    #expect(await FakeShell().run("init", "--repo", repository) == .success)
                    let fake = FakeShell()
                    let code = await fake.run(
                        "backup", "--repo", repository, "--bootstrap-server", servers, "--command-config",
                        "\(directory)/\(user).properties")
                    return (code, fake.output.text + fake.errors.text)
                }
                let (admin, ann, nobody) = (try await backup("admin"), try await backup("ann"), try await backup("nobody"))
                #expect(admin.code == .success, "\(admin.said)")
                #expect(ann.code == .partial || ann.code == .denied, "\(ann.said)")
                #expect(nobody.code == .denied, "\(nobody.said)")
            }
        }
    }
}
