import Bytes

/// What brokers refuse in configs and assignments, in their own words.
enum ConfigRules {
    /// The first flaw in a topic's configs, taken together.
    static func flaw(inTopic configs: [ByteString: ByteString]) -> String? {
        let sorted = configs.sorted { $0.key < $1.key }
        if let unknown = sorted.first(where: { ConfigTable.topic[$0.key] == nil }) {
            return "Unknown topic config name: \(unknown.key)"
        }
        if let flaw = sorted.lazy.compactMap({ ConfigTable.topic[$0.key]?.flaw(in: $0.value) }).first { return flaw }
        if configs["remote.storage.enable"]?.description.trimming().lowercased() == "true" {
            return "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage."
        }
        func number(_ name: ByteString, _ initial: Int64) -> Int64 { configs[name].flatMap { Int64($0.description.trimming()) } ?? initial }
        let least = number("min.compaction.lag.ms", 0)
        let most = number("max.compaction.lag.ms", .max)
        if least > most {
            return "conflict topic config setting min.compaction.lag.ms (\(least)) > max.compaction.lag.ms (\(most))"
        }
        return nil
    }

    /// Why a list of replicas cannot stand; `width` is the length of the lists before it.
    static func flaw(inReplicas replicas: [Int32], width: Int?, _ brokers: [Int32]) -> String? {
        if replicas.isEmpty { return "The manual partition assignment includes an empty replica list." }
        var seen: Set<Int32> = []
        for id in replicas.sorted() {
            if !brokers.contains(id) {
                return "The manual partition assignment includes broker \(id), but no such broker is registered."
            }
            if !seen.insert(id).inserted { return "The manual partition assignment includes the broker \(id) more than once." }
        }
        if let width, replicas.count != width {
            return
                "The manual partition assignment includes a partition with \(replicas.count) replica(s), but this is not consistent with previous partitions, which have \(width) replica(s)."
        }
        return nil
    }
}
