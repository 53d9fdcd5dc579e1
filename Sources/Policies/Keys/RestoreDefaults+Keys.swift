extension RestoreDefaults: PolicyRecord {
    static let title = "restore"
    static let summary = "Options of `plan` and `restore` that need not be given each time."

    mutating func list(_ keys: inout some KeyVisitor) {
        keys.optional("existing", &existing, .choice, "What to do about what the target already has, as `--existing`.")
        keys.optional("offsets", &offsets, .choice, "Where consumer groups stand, as `--offsets`.")
        keys.optional("replicationFactor", &replicationFactor, .integer(1...1000), "Overrides the replication factor of every topic.")
        keys.key("rename", &renames, .list(of: .rename), "Gives topics other names, as `--rename`.")
        keys.key("brokerMap", &brokerMap, Term<[Int32: Int32]>.numbers(0...Int32.max), "Broker ids of the snapshot and of the target.")
    }
}
