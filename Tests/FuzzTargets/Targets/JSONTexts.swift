import SnapshotModel

extension FuzzTarget {
    /// Any JSON: its canonical form reads back as the same value and is its own canonical form.
    static let json = FuzzTarget("json", upTo: 4096) { input in
        guard let value = try? JSON.parse(input.all()) else { return }
        let canonical = value.canonicalBytes
        let again = try JSON.parse(canonical)
        try hold(again == value, "the canonical form reads back as something else")
        try hold(again.canonicalBytes == canonical, "the canonical form is not stable")
    }
}
