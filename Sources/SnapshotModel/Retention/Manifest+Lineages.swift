public import Bytes

extension Manifest {
    /// The clusters' ids of each lineage among `manifests`: those that one snapshot names, or that others join to them.
    public static func lineages(of manifests: some Sequence<Manifest>) -> [Set<ByteString>] {
        lineages(of: manifests.map { [$0.clusterID] + $0.lineage.formerClusterIDs })
    }

    /// The same of the ids that each of them names.
    public static func lineages(of named: [[ByteString]]) -> [Set<ByteString>] {
        var lineages: [Set<ByteString>] = []
        for ids in Set(named.map { Set($0) }) {
            let met = lineages.filter { !$0.isDisjoint(with: ids) }
            lineages.removeAll { !$0.isDisjoint(with: ids) }
            lineages.append(met.reduce(ids) { $0.union($1) })
        }
        return lineages
    }
}
