public import Bytes
public import Seams
public import SnapshotModel

/// What a kind makes otherwise only while it applies steps, and puts back afterwards. It says so before and after, so that what was there
/// is on record as long as it is not on the target.
public enum Interim: Sendable, Hashable {
    /// These are about to be changed; this is what is to be put back.
    case changing([FormerSetting])
    /// What was changed is about to be undone. Throws where somebody else may have begun to work meanwhile: then it is for him.
    case undoing
    /// These are again as they were.
    case restored([ResourceID])
}

/// A setting of the target as it was before a restore changed it for the time of its work.
public struct FormerSetting: Sendable, Hashable {
    public var id: ResourceID
    /// Nil where nothing was set.
    public var body: JSON?
    /// Whether it was found so; what an earlier restore's journal told is handed on.
    public var isObserved: Bool

    public init(id: ResourceID, body: JSON?, isObserved: Bool = true) {
        self.id = id
        self.body = body
        self.isObserved = isObserved
    }
}

/// What earlier restores from this repository left on a target, as their journals tell.
public struct Unfinished: Sendable, Hashable {
    /// What was begun, whether it was done, failed or is unknown, of resources that were not finished since.
    public var begun: Set<ResourceID> = []
    /// What was changed for the time of the work and has not been put back since, with what it was when it was last found unchanged.
    public var former: [ResourceID: FormerSetting] = [:]
    /// Runs that were at a resource, by what operators call it, ended before their end, and are of a version that did not write down what
    /// it changed for the time of its work: what is found there may be theirs.
    public var suspected: [ByteString: String] = [:]

    /// Settings of the whole target, as an earlier restore found them that was to set them otherwise and is not known to have done so: as long as
    /// one is still so, nobody has chosen it since. Of restores without `--existing update` only: there nobody had chosen it before either.
    public var due: [ResourceID: JSON] = [:]
    /// The restore that is at a resource just now, by what operators call the resource. Each run looks for itself: this is not kept.
    public var atWork: [ByteString: RestoreAtWork] = [:]

    public init() {}
}

/// A restore whose lease is live: at work, or killed a moment ago.
public struct RestoreAtWork: Sendable, Hashable {
    public var holder: String
    /// When its lease ends unless it is renewed.
    public var until: Timestamp

    public init(holder: String, until: Timestamp) {
        self.holder = holder
        self.until = until
    }
}
