import Foundation
import Host

/// What the operator of the tests asks for in place of the suite's own seeds: one to repeat, or `random` for one that nobody has tried.
enum TestSeed {
    static let given = ProcessInfo.processInfo.environment["TIDEMARK_WEEK_SEED"].flatMap { text in
        text == "random" ? HostChance().bytes(8).reduce(0) { $0 << 8 | UInt64($1) } : UInt64(text)
    }
}
