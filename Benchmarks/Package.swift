// swift-tools-version:6.1
import PackageDescription

let package = Package(
    name: "tidemark-benchmarks",
    dependencies: [
        .package(name: "tidemark", path: ".."),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "tidemark-bench",
            dependencies: [
                .product(name: "TidemarkParts", package: "tidemark"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ])
    ]
)
