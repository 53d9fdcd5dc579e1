import Foundation
import Host
import KafkaSimulator
import SnapshotModel
import Testing

@testable import Commands

/// What goes wrong, as an operator meets it.
@Suite struct ThreeInTheMorningTests {
    private func withRepository<Value>(_ body: (_ repository: String, _ directory: String) async throws -> Value) async throws -> Value {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(await FakeShell().run("init", "--repo", repository) == .success)
            return try await body(repository, directory)
        }
    }

    @Test func aForgottenRegistryMakesASnapshotSuspectAndItIsSaidWhatToDo() async throws {
        try await withRepository { repository, _ in
            try await RegistryServer.withRegistry(time: HostTime()) { _, url in
                try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { cluster in
                    let words = ["backup", "--repo", repository, "--bootstrap-server", cluster.bootstrapServers]
                    let (first, second) = (FakeShell(), FakeShell())
                    #expect(await first.run(words + ["--schema-registry", url]) == .success)
                    #expect(!first.output.text.contains("hint: "))
                    #expect(await second.run(words) == .suspect)
                    #expect(
                        second.output.text.contains("is suspect and is published") && second.output.text.contains("\nhint: `tidemark diff ")
                    )
                    #expect(second.output.text.contains("--accept-shrinkage schemas`"))
                }
            }
        }
    }

    @Test func aWrongHostIsNamed() async throws {
        try await withRepository { repository, directory in
            let properties = "\(directory)/client.properties"
            try "default.api.timeout.ms=3000\n".write(toFile: properties, atomically: true, encoding: .utf8)
            let fake = FakeShell()
            let code = await fake.run("backup", "--repo", repository, "--bootstrap-server", "127.0.0.1:1", "--command-config", properties)
            #expect(code == .cannotConnect)
            #expect(fake.errors.text.contains("127.0.0.1:1") && fake.errors.text.contains("\nhint: "))
            let after = FakeShell()
            #expect(await after.run("snapshots", "--repo", repository) == .success)
            #expect(after.output.text == "There are no snapshots.\n")
        }
    }

    @Test func aControllersListenerIsNamedAsOne() async throws {
        try await withRepository { repository, _ in
            try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
                cluster.inject(Fault(.error(.mismatchedEndpointType), of: .describeCluster))
                let fake = FakeShell()
                let code = await fake.run("backup", "--repo", repository, "--bootstrap-server", cluster.bootstrapServers)
                #expect(code == .cannotConnect)
                #expect(fake.errors.text.contains("hint: A controller listens there"), "\(fake.errors.text)")
            }
        }
    }

    @Test func aWrongPasswordIsDeniedAndNeverPrinted() async throws {
        try await withRepository { repository, directory in
            var configuration = SimulatorConfiguration()
            configuration.brokerIDs = [1]
            configuration.users = [SimulatedUser(name: "backup", password: "right-password")]
            try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
                for (password, mechanism, module) in [
                    ("wrong-password", "SCRAM-SHA-256", "scram.ScramLoginModule"), ("wrong-password", "PLAIN", "plain.PlainLoginModule"),
                    ("right-password", "SCRAM-SHA-512", "scram.ScramLoginModule"),
                ] {
                    let properties = "\(directory)/client.properties"
                    try """
                    security.protocol=SASL_PLAINTEXT
                    sasl.mechanism=\(mechanism)
                    sasl.jaas.config=org.apache.kafka.common.security.\(module) required username="backup" password="\(password)";
                    sasl.jaas.confg=oops
                    """.write(toFile: properties, atomically: true, encoding: .utf8)
                    let fake = FakeShell()
                    let code = await fake.run(
                        "health", "--startup", "--timeout", "300", "--bootstrap-server", cluster.bootstrapServers, "--command-config",
                        properties)
                    let backup = await fake.run(
                        "backup", "--repo", repository, "--bootstrap-server", cluster.bootstrapServers, "--command-config", properties)
                    if password.hasPrefix("wrong") {
                        #expect(code == .denied)
                        #expect(backup == .denied, "\(fake.errors.text)")
                    } else {
                        #expect(code == .success && backup == .success, "\(fake.errors.text)")
                    }
                    #expect(fake.errors.text.contains("sasl.jaas.confg"), "a key that nobody knows is named")
                    #expect(!fake.errors.text.contains("-password") && !fake.output.text.contains("-password"))
                }
            }
        }
    }

    @Test func aRepositoryThatIsAFileIsLeftAlone() async throws {
        try await withDirectory { directory in
            let file = "\(directory)/file"
            try "mine".write(toFile: file, atomically: true, encoding: .utf8)
            for verb in [["init"], ["backup", "--bootstrap-server", "127.0.0.1:1"], ["snapshots"], ["check"]] {
                let fake = FakeShell()
                #expect(await fake.run(verb + ["--repo", file]) == .repositoryUnusable, "\(verb)")
                #expect(fake.errors.text.contains(file) && fake.errors.text.contains("\nhint: "))
            }
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        }
    }

    @Test func aSecondInitChangesNothing() async throws {
        try await withRepository { repository, _ in
            let before = try Data(contentsOf: URL(fileURLWithPath: "\(repository)/tidemark.json"))
            #expect(await FakeShell().run("init", "--repo", repository) == .repositoryUnusable)
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(repository)/tidemark.json")) == before)
        }
    }

    @Test func aMissingRepositoryOrSnapshotIsNamed() async throws {
        try await withRepository { repository, directory in
            #expect(await FakeShell().run("snapshots", "--repo", "\(directory)/nowhere") == .repositoryUnusable)
            let fake = FakeShell()
            #expect(await fake.run("show", "deadbeef", "--repo", repository) == .usage)
            #expect(fake.errors.text.contains("deadbeef"))
        }
    }

    @Test func aMissingFileOfSettingsIsNamed() async throws {
        try await withRepository { repository, directory in
            for option in ["--command-config", "--registry-config"] {
                let fake = FakeShell()
                let code = await fake.run("backup", "--repo", repository, "--bootstrap-server", "127.0.0.1:1", option, "\(directory)/none")
                #expect(code == .usage)
                #expect(fake.errors.text.contains("\(directory)/none"), "\(fake.errors.text)")
            }
        }
    }

    @Test func aCatalogThatIsNotThereOrSomethingElseIsNamed() async throws {
        try await withDirectory { directory in
            #expect(await FakeShell().run("catalog", "query", "--catalog", "\(directory)/none", "SELECT 1") == .repositoryUnusable)
            let file = "\(directory)/text"
            try String(repeating: "no database\n", count: 100).write(toFile: file, atomically: true, encoding: .utf8)
            #expect(await FakeShell().run("catalog", "query", "--catalog", file, "SELECT 1") == .repositoryUnusable)
        }
    }

    @Test func aStartupProbeHeedsItsMarkerFile() async throws {
        try await withDirectory { directory in
            let marker = "\(directory)/started"
            #expect(await FakeShell().run("health", "--startup", "--marker-file", marker) == .validationFailed)
            try "".write(toFile: marker, atomically: true, encoding: .utf8)
            #expect(await FakeShell().run("health", "--startup", "--marker-file", marker) == .success)
        }
    }

    @Test func aProbeEndsWithinItsTimeLimit() async throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            cluster.inject(Fault(.delay(.seconds(600)), times: nil))
            let began = HostTime().uptime()
            let fake = FakeShell()
            #expect(
                await fake.run("health", "--liveness", "--timeout", "1", "--bootstrap-server", cluster.bootstrapServers)
                    == .cannotConnect)
            #expect(HostTime().uptime() - began < .seconds(60))
            #expect(fake.output.text.contains("no answer within") && fake.output.text.contains(cluster.bootstrapServers))
        }
    }

    @Test func aCancelledBackupSaysWhatWasNotDone() async throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        try await withRepository { repository, _ in
            try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
                cluster.inject(Fault(.delay(.seconds(600)), of: .describeConfigs, times: nil))
                let fake = FakeShell()
                let code = await withTaskGroup(of: ExitCode?.self) { group in
                    group.addTask { await fake.run("backup", "--repo", repository, "--bootstrap-server", cluster.bootstrapServers) }
                    while cluster.callCounts[.describeConfigs] == nil { await Task.yield() }
                    group.cancelAll()
                    return await group.next() ?? nil
                }
                #expect(code == .interrupted)
                #expect(
                    fake.errors.text == "interrupted: no snapshot was published; what was written so far is reused by the next backup\n")
            }
            let leases = try FileManager.default.contentsOfDirectory(atPath: "\(repository)/leases")
            #expect(leases.isEmpty, "the lease was given back")
        }
    }

    @Test func aPortInUseIsNamedAsSomethingToChooseOtherwise() async throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            let port = try #require(cluster.port(of: 1))
            for arguments in [["--brokers", "1", "--port", "\(port)"], ["--brokers", "1", "--port", "0", "--registry-port", "\(port)"]] {
                let fake = FakeShell()
                #expect(await fake.run(["simulator"] + arguments) == .usage, "\(arguments)")
                #expect(fake.errors.text.contains("127.0.0.1:\(port): the port is taken") && fake.errors.text.contains("\nhint: "))
                #expect(fake.output.text.isEmpty)
            }
        }
    }

    @Test func aCertificateThatIsNoneIsNamed() async throws {
        try await withDirectory { directory in
            let file = "\(directory)/tls.pem"
            try "no certificate\n".write(toFile: file, atomically: true, encoding: .utf8)
            let fake = FakeShell()
            #expect(await fake.run("simulator", "--port", "0", "--tls-certificate", file, "--tls-key", file) == .usage)
            #expect(fake.errors.text.contains("PEM") && fake.errors.text.contains("\nhint: "))
        }
    }

    @Test func whatCouldNotBeComparedIsPartialWhateverElseDiffers() async throws {
        try await withRepository { repository, _ in
            try await DemoCluster.with(brokers: [1], FakeShell().shell) { cluster in
                let servers = cluster.cluster.bootstrapServers
                let connection = ["--repo", repository, "--bootstrap-server", servers]
                #expect(await FakeShell().run(["backup", "--only", "topics"] + connection) == .success)
                _ = try await cluster.source.client.createTopics([.init(name: "orders", partitions: 1, replicationFactor: 1)])
                #expect(await FakeShell().run(["backup"] + connection) != nil)
                for flags in [[], ["--exit-code"]] {
                    let partial = FakeShell()
                    #expect(await partial.run(["diff", "latest:any~1", "latest", "--repo", repository] + flags) == .partial)
                    #expect(partial.output.text.contains("+ orders") && partial.output.text.contains("caveat:"), "\(partial.output.text)")
                    #expect(
                        await FakeShell().run(["diff", "latest:any~1", "latest", "--only", "topics", "--repo", repository] + flags)
                            == (flags.isEmpty ? .success : .different))
                }
            }
        }
    }
}
