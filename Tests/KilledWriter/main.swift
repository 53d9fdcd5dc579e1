// A writer to be killed: takes snapshots of made-up topics until somebody ends it, and says each id once it is published.
// usage: killed-writer REPOSITORY SEED

import Bytes
import Glibc
import Host
import Repository
import Seams
import SnapshotModel
import Storage

let arguments = CommandLine.arguments
guard arguments.count == 3, let seed = UInt64(arguments[2]) else {
    print("usage: killed-writer REPOSITORY SEED")
    exit(2)
}
let repository = try await Repository.open(DirectoryStorage(root: arguments[1], time: HostTime()), time: HostTime(), chance: HostChance())
let chance = SeededChance(seed: seed)
var parent = try await repository.snapshots().first?.id

while true {
    let topics = (0..<150).map { number in
        Document(id: ResourceID("topic", ByteString("\(number + 1_000)")), body: .integer(chance.number(in: 0...Int(Int32.max))))
    }
    let lineage = Lineage(parent: parent)
    let published = try await repository.withWriter(holder: "killed-writer") { writer in
        let started = HostTime().now()
        let root = try await writer.write(topics)
        return try await writer.publish(
            Manifest(
                tool: .init(name: "killed-writer", version: "1"), clusterID: "made up", brokers: 1, lineage: lineage, started: started,
                finished: HostTime().now(), sections: [Section(kind: "topics", part: .desired, root: root, state: .stable)],
                certificate: Certificate(grade: .stable)))
    }
    parent = published
    print(published)
    fflush(nil)
}
