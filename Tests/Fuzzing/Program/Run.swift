import Foundation
import FuzzTargets
import FuzzerDriver

// Written once, before the driver takes over this very thread.
nonisolated(unsafe) private var chosen: FuzzTarget?

/// Bytes that one reservation may have: the codecs' own windows and tables, and a multiple of the input. What a batch may unpack
/// to is bounded by the targets themselves, 1 MiB.
private let (leastReservation, reservationFactor) = (16 << 20, 1024)

let chosenName = "TIDEMARK_FUZZ_TARGET"

/// Gives libFuzzer the target and its own arguments. Returns its exit code; a finding is a crash, with the input beside it.
func fuzz(_ target: FuzzTarget, _ arguments: some Sequence<String>) -> Int32 {
    chosen = target
    // Where libFuzzer starts this program again it hands on its own arguments only: the target goes by the environment.
    setenv(chosenName, target.name, 1)
    let words = [CommandLine.arguments[0], "-max_len=\(target.greatestLength)"] + arguments
    var argv = words.map { strdup($0) } + [nil]
    return argv.withUnsafeMutableBufferPointer { argv in
        tidemark_fuzz(Int32(words.count), argv.baseAddress, leastReservation, reservationFactor) { data, size in
            let input = data.map { [UInt8](UnsafeBufferPointer(start: $0, count: size)) } ?? []
            if let finding = chosen?.finding(in: input) { fatalError(finding) }
            return 0
        }
    }
}
