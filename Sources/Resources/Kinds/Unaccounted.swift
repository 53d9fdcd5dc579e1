/// Topics, or partitions of them, that brokers hold on disk and metadata leaves out, and what further looks make of them. Metadata leaves
/// out what a user may not see, what is being deleted, and for a while what was just made: only time and the disks tell the latter two from
/// the first.
struct Unaccounted<Element: Hashable & Sendable>: Sendable {
    /// What the brokers' log directories held at one moment.
    struct Disks: Sendable {
        var held: Set<Element>
        /// The directories that could be read.
        var directories: Set<String>
    }

    /// Held whenever it was looked, and in no metadata.
    private(set) var open: Set<Element>
    /// Refused when they were asked for by name.
    private(set) var refused: Set<Element> = []
    /// In metadata later on.
    private(set) var fresh: Set<Element> = []
    /// Neither in metadata nor on any disk later on.
    private(set) var deleted: Set<Element> = []
    private let directories: Set<String>

    init(_ disks: Disks, named: Set<Element>) {
        open = disks.held.subtracting(named)
        directories = disks.directories
    }

    /// What this user is not shown, as far as is known.
    var hidden: Set<Element> { open.union(refused) }

    /// Metadata names these now.
    mutating func see(named: Set<Element>) {
        fresh.formUnion(open.intersection(named))
        open.subtract(named)
    }

    /// Asked by name, brokers say that this user may not describe these.
    mutating func see(refused names: Set<Element>) {
        refused.formUnion(open.intersection(names))
        open.subtract(names)
    }

    /// The disks now. Where not all can be read that could be before, nothing is known to be gone.
    mutating func see(_ disks: Disks) {
        guard disks.directories.isSuperset(of: directories) else { return }
        deleted.formUnion(open.subtracting(disks.held))
        open.formIntersection(disks.held)
    }
}
