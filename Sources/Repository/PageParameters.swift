import Bytes
import SnapshotModel

/// Where runs of documents are cut into pages. All lengths are bytes before packing.
public struct PageParameters: Hashable, Sendable {
    /// Secret to nobody; it makes the cuts of two repositories differ, so that a page's length tells less.
    public var salt: [UInt8]
    /// No page but a section's last is shorter, where the ceiling allows it.
    public var floor: Int
    /// The usual length.
    public var target: Int
    /// No page is longer, except one that holds a single longer document.
    public var ceiling: Int

    public static let usualFloor = 4 * 1024
    public static let usualTarget = 32 * 1024
    public static let usualCeiling = 128 * 1024

    /// - Precondition: 0 < floor < target < ceiling.
    public init(salt: [UInt8], floor: Int = usualFloor, target: Int = usualTarget, ceiling: Int = usualCeiling) {
        precondition(0 < floor && floor < target && target < ceiling, "page lengths ascend from floor to ceiling")
        self.salt = salt
        self.floor = floor
        self.target = target
        self.ceiling = ceiling
    }

    init?(json: JSON) {
        guard let salt = json["salt"]?.text?.validText.flatMap({ [UInt8](hex: $0) }), let floor = json["floor"]?.int64,
            let target = json["target"]?.int64, let ceiling = json["ceiling"]?.int64, 0 < floor, floor < target, target < ceiling,
            ceiling <= Int64(Objects.longestPage)
        else { return nil }
        self.init(salt: salt, floor: Int(floor), target: Int(target), ceiling: Int(ceiling))
    }
}
