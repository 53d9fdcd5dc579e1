// swift-tools-version:6.1
import PackageDescription

let package = Package(
    name: "tidemark-benchmarks",
    dependencies: [.package(name: "tidemark", path: "..")],
    targets: [
        .executableTarget(name: "tidemark-bench", dependencies: [.product(name: "TidemarkParts", package: "tidemark")])
    ]
)
