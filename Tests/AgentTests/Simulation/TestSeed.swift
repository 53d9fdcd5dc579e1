import Foundation

/// A seed that the operator of the tests repeats.
enum TestSeed {
    static let given = ProcessInfo.processInfo.environment["TIDEMARK_WEEK_SEED"].flatMap { UInt64($0) }
}
