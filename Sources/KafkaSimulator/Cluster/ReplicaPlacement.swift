/// Where the replicas of new partitions go: round robin over the living brokers, the start moving with every topic, so that
/// leaders and replicas are spread evenly and the same calls always give the same layout.
struct ReplicaPlacement: Sendable {
    private var next = 0

    /// A list of replicas for each of `partitions`, preferred leader first. `factor` must not exceed the number of `brokers`.
    mutating func place(partitions: Int, factor: Int, on brokers: [Int32]) -> [[Int32]] {
        guard !brokers.isEmpty else { return [] }
        let start = next
        next = (next + 1) % brokers.count
        return (0..<partitions).map { partition in
            (0..<factor).map { brokers[(start + partition + $0) % brokers.count] }
        }
    }
}
