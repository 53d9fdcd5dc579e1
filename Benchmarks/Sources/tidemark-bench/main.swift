import Foundation
import Host
import Seams

switch CommandLine.arguments.dropFirst().first {
case "decode": try MetadataDecoding.run()
case "quick":
    try MetadataDecoding.run()
    do {
        try await SnapshotOfAThousandTopics.run()
    } catch let broken as Bounds.Broken {
        print(broken)
        exit(1)
    }
    try AgentAtRest.measured()
case "agent": try await AgentAtRest.run()
case "cluster": try await ClusterProcess.run()
default: print("usage: tidemark-bench quick | decode")
}
