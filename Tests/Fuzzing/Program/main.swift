import Foundation
import FuzzTargets

// fuzz --list                      the targets
// fuzz --seed TARGET FOLDER        writes what the recordings hold, and what is kept, as files
// fuzz --pack TARGET FOLDER FILE   keeps a folder's files
// fuzz TARGET [ARGUMENT …]         runs one target with libFuzzer's own arguments
let arguments = CommandLine.arguments.dropFirst()
let recordings = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("RegistryRecordings")

func target(_ name: String) -> FuzzTarget {
    guard let found = FuzzTarget.all.first(where: { $0.name == name }) else {
        print("no target \(name); there are \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
        exit(2)
    }
    return found
}

if let name = ProcessInfo.processInfo.environment[chosenName] { exit(fuzz(target(name), arguments)) }
switch (arguments.first, arguments.count) {
case ("--seed", 3):
    let target = target(arguments[2])
    let folder = URL(fileURLWithPath: arguments[3])
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let inputs = try Seeds.of(target, registries: recordings) + ((try? Corpus.inputs(of: target)) ?? [])
    for (index, input) in inputs.enumerated() where input.count <= target.greatestLength {
        try Data(input).write(to: folder.appendingPathComponent("seed-\(index)"))
    }
    print("\(target.name): \(inputs.count) inputs to begin with")
case ("--pack", 4):
    let files = try FileManager.default.contentsOfDirectory(at: URL(fileURLWithPath: arguments[3]), includingPropertiesForKeys: nil)
    let inputs = try files.map { [UInt8](try Data(contentsOf: $0)) }.sorted {
        $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count < $1.count
    }
    let packed = try Corpus.pack(inputs)
    try Data(packed).write(to: URL(fileURLWithPath: arguments[4]))
    print("\(target(arguments[2]).name): \(inputs.count) inputs in \(packed.count) bytes")
case (let name?, _) where !name.hasPrefix("-"): exit(fuzz(target(name), arguments.dropFirst()))
default: for target in FuzzTarget.all { print(target.name) }
}
