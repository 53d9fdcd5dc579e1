import Bytes

/// Topics that brokers hold on disk and metadata leaves out, and what further looks make of them. Metadata leaves out what a user may not
/// see, what is being deleted, and for a while what was just made: only time and the disks tell the latter two from the first.
struct UnaccountedTopics {
    /// What the brokers' log directories held at one moment.
    struct Disks {
        var topics: Set<ByteString>
        /// The directories that could be read.
        var directories: Set<String>
    }

    /// Held whenever it was looked, and in no metadata.
    private(set) var open: Set<ByteString>
    /// Refused when they were asked for by name.
    private(set) var refused: Set<ByteString> = []
    /// In metadata later on.
    private(set) var fresh: Set<ByteString> = []
    /// Neither in metadata nor on any disk later on.
    private(set) var deleted: Set<ByteString> = []
    private let directories: Set<String>

    init(_ disks: Disks, named: Set<ByteString>) {
        open = disks.topics.subtracting(named)
        directories = disks.directories
    }

    /// What this user is not shown, as far as is known.
    var hidden: Set<ByteString> { open.union(refused) }

    /// Metadata names these topics now.
    mutating func see(named: Set<ByteString>) {
        fresh.formUnion(open.intersection(named))
        open.subtract(named)
    }

    /// Asked by name, brokers say that this user may not describe these.
    mutating func see(refused names: Set<ByteString>) {
        refused.formUnion(open.intersection(names))
        open.subtract(names)
    }

    /// The disks now. Where not all can be read that could be before, nothing is known to be gone.
    mutating func see(_ disks: Disks) {
        guard disks.directories.isSuperset(of: directories) else { return }
        deleted.formUnion(open.subtracting(disks.topics))
        open.formIntersection(disks.topics)
    }
}
