// swift-tools-version:6.1
import PackageDescription

/// The toolchain's libFuzzer, as an archive without a main: set by `make fuzz` alone, which builds apart from everything else.
let fuzzerRuntime = Context.environment["TIDEMARK_FUZZER_RUNTIME"]
let instrumented: [SwiftSetting] = [
    .unsafeFlags(["-O", "-whole-module-optimization", "-num-threads", "2", "-sanitize=fuzzer"])
]

/// Swift settings of every target: Swift 6 language mode is the tools version's default; warnings are errors in CI only,
/// so that a newer toolchain's new warning does not stop an operator from building.
let strict: [SwiftSetting] =
    [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault")]
    + (fuzzerRuntime == nil ? [] : instrumented)

func library(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "Host", .nioLocks] + dependencies, exclude: exclude, resources: resources,
        swiftSettings: strict)
}

extension Target.Dependency {
    static let nio = product(name: "NIOCore", package: "swift-nio")
    static let nioLocks = product(name: "NIOConcurrencyHelpers", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioTLSEvents = product(name: "NIOTLS", package: "swift-nio")
    static let nioTLS = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let logging = product(name: "Logging", package: "swift-log")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let sqlite = product(name: "GRDB", package: "GRDB.swift")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let yams = product(name: "Yams", package: "Yams")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
}

let package = Package(
    name: "tidemark",
    products: [
        .executable(name: "tidemark", targets: ["tidemark"]),
        // Preloaded into a program that a test kills.
        .library(name: "KillPoint", type: .dynamic, targets: ["KillPoint"]),
        // For the benchmarks, a package of its own.
        .library(
            name: "TidemarkParts",
            targets: [
                "Recovery", "Resources", "Repository", "KafkaClient", "KafkaSimulator", "Host", "Storage", "KafkaProtocol", "Bytes",
                "Seams", "Agent", "Schedules",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    ],
    targets: [
        // C: Debian's -dev packages, and one instruction.
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CLibcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CCRC32C"),
        .target(name: "CMemoryFile"),

        // Leaves: values and seams.
        library("Bytes"),
        library("Seams", [.nioLocks]),
        library("Host", ["Seams"]),
        library("Cryptography", ["Bytes", "CLibcrypto"]),
        library("Compression", ["CZlib", "CZstd", "CLz4", "CSnappy"]),
        library("SnapshotModel", ["Bytes", "Seams"]),
        library("Web", ["Bytes", "Seams", .httpClient, .nio, .nioPosix, .nioHTTP, .nioTLS]),
        library("AWSCredentials", ["Bytes", "Seams", "Cryptography", "Web"]),

        // The wire.
        library("KafkaProtocol", ["Bytes", "Compression", "CCRC32C"]),
        library(
            "KafkaClient",
            [
                "KafkaProtocol", "Cryptography", "Seams", "Bytes", "Web", "AWSCredentials", .nio, .nioLocks, .nioPosix, .nioTLSEvents,
                .nioTLS,
                .logging,
            ]),
        library("SchemaRegistryClient", ["Bytes", "Seams", .httpClient, .nio, .nioLocks, .nioTLS, .logging]),

        // Bytes at rest.
        library("Storage", ["Bytes", "Seams", .nioLocks]),
        library("Repository", ["Storage", "SnapshotModel", "Compression", "Cryptography"]),
        library("Catalog", ["SnapshotModel", .sqlite]),

        // What a cluster is, and the pipelines over it.
        library("Resources", ["KafkaClient", "SchemaRegistryClient", "SnapshotModel"]),
        library("Recovery", ["Resources", "Repository", "Catalog", .logging]),

        // What is measured, and how it is told.
        library("Monitoring", ["Bytes"]),

        // What runs when, what an operator wrote down, and the way from there to an open cluster and repository.
        library("Schedules", ["Seams"]),
        library("Policies", ["Recovery", "Schedules", .yams]),
        library("Access", ["Policies", "Recovery", .logging, .nioPosix]),
        library(
            "Agent",
            [
                "CMemoryFile", "Access", "Monitoring", "Policies", "Schedules", "Recovery", "Repository", "Web", "Storage",
                "KafkaClient", "Cryptography", .logging, .nio, .nioLocks, .serviceLifecycle, .subprocess, .hummingbird,
            ]),

        // The far side of the wire, for the demo, for drills and for tests.
        library(
            "KafkaSimulator",
            [
                "KafkaProtocol", "Cryptography", "Seams", "AWSCredentials", .nio, .nioLocks, .nioPosix, .nioTLS, .logging, .hummingbird,
                .hummingbirdTLS,
            ],
            exclude: ["GAPS.md", "SchemaRegistry/GAPS.md"]),

        // Shells.
        library(
            "Commands",
            [
                "Agent", "Access", "Monitoring", "Policies", "Recovery", "KafkaSimulator", "Web", .argumentParser, .logging, .nioLocks,
                .nioPosix,
                .serviceLifecycle,
            ]),
        .executableTarget(name: "tidemark", dependencies: ["Commands", "Host", .nioLocks], swiftSettings: strict),

        // Tests.
        // A process that a test kills while it writes.
        .executableTarget(
            name: "killed-writer", dependencies: ["Repository", "Host"], path: "Tests/KilledWriter", swiftSettings: strict),
        .target(name: "KillPoint", path: "Tests/KillPoint", linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "Waiting", dependencies: ["Host", "Seams"], path: "Tests/Waiting", swiftSettings: strict),
        // What stands in for a program that hosts of tests seldom run.
        .target(name: "StandIns", path: "Tests/StandIns", swiftSettings: strict),
        tests("Bytes", [.subprocess]),
        tests("Seams"),
        tests("Cryptography"),
        tests("Compression"),
        tests("SnapshotModel"),
        .target(
            name: "LoopbackServer", dependencies: [.nio, .nioLocks, .nioPosix, .nioHTTP, .nioTLS], path: "Tests/LoopbackServer",
            swiftSettings: strict),
        tests("AWSCredentials", ["Web", "LoopbackServer", .subprocess], resources: [.copy("Peers")]),
        .target(
            name: "Recordings", dependencies: ["Compression", "Bytes"], path: "Tests/Recordings", resources: [.copy("Fixtures")],
            swiftSettings: strict),
        .target(
            name: "ClusterFixture", dependencies: ["Resources", "KafkaSimulator", "Host", "Waiting", .nioPosix, .logging],
            path: "Tests/ClusterFixture", swiftSettings: strict),
        tests("KafkaProtocol", ["Recordings"]),
        tests("KafkaClient", ["KafkaSimulator", "Waiting", "Web", "AWSCredentials", "LoopbackServer", .nioEmbedded, .subprocess]),
        tests("SchemaRegistryClient", ["KafkaSimulator", "Compression", "LoopbackServer"]),
        tests("Storage"),
        tests("Repository", [.subprocess, "killed-writer"]),
        tests("Catalog", [.sqlite]),
        tests("Resources", ["ClusterFixture", "Waiting"]),
        tests(
            "Agent",
            [
                "Schedules", "Repository", "Storage", "LoopbackServer", "ClusterFixture", "Monitoring", "StandIns", "Web", "Waiting",
                .subprocess, .serviceLifecycle,
            ]),
        tests("Recovery", ["ClusterFixture", "Storage", "Waiting"]),
        tests("Monitoring", [.subprocess]),
        tests("Schedules"),
        tests("Policies", [.subprocess]),
        tests(
            "KafkaSimulator", ["KafkaClient", "Recordings", "Compression", "Waiting", .httpClient, .subprocess], resources: [.copy("Peers")]
        ),
        tests(
            "Commands", ["tidemark", "KafkaSimulator", "ClusterFixture", "LoopbackServer", "StandIns", "Waiting", .subprocess]),
        // What runs the agent, and what is written about it: units, manifests, alerts, pages.
        .testTarget(
            name: "DeploymentTests",
            dependencies: ["tidemark", "Policies", "Schedules", "KafkaSimulator", "Host", "StandIns", "Waiting", .subprocess, .yams],
            swiftSettings: strict),
        // What is fuzzed: by libFuzzer at length (`make fuzz`), and in the suite for a moment.
        .target(
            name: "FuzzTargets",
            dependencies: ["KafkaClient", "SchemaRegistryClient", "SnapshotModel", "Compression", "Recordings", "Seams", .nio],
            path: "Tests/FuzzTargets", resources: [.copy("Corpus")], swiftSettings: strict),
        tests("FuzzTargets", ["Seams"]),
    ]
)

if let fuzzerRuntime {
    package.targets += [
        .target(name: "FuzzerDriver", path: "Tests/Fuzzing/Driver"),
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets", "FuzzerDriver"], path: "Tests/Fuzzing/Program",
            linkerSettings: [.unsafeFlags(["-use-ld=lld", "-Xlinker", fuzzerRuntime, "-lstdc++"])]),
    ]
}
