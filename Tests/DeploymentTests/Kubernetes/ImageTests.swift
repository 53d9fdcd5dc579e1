import Foundation
import Testing

@Suite struct ImageTests {
    /// The image is built of the whole folder: what git leaves out, and git's own, is not handed to the builder.
    @Test func whatIsNoSourceIsNotHandedOver() throws {
        let left = Set(try Shipped.text("docs/kubernetes/Dockerfile.dockerignore").split(separator: "\n").filter { !$0.hasPrefix("#") })
        #expect(try Shipped.text("docs/kubernetes/Dockerfile").contains("\nCOPY . .\n") && left.contains(".git"))
        for line in try Shipped.text(".gitignore").split(separator: "\n") where line != "Package.resolved" {
            let name = line.hasSuffix("/") ? line.dropLast() : line
            #expect(left.contains(name) || left.contains("**/\(name)"), "\(name)")
        }
        #expect(left.isDisjoint(with: ["Sources", "Package.swift", "Package.resolved", "**"]))
    }
}
