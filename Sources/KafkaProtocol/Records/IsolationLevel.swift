/// What a reader sees of transactions (KIP-98), by its number in Fetch and ListOffsets.
public enum IsolationLevel: Int8, Sendable, CaseIterable {
    /// Everything up to the high watermark.
    case readUncommitted = 0
    /// What is committed, up to the last stable offset.
    case readCommitted = 1
}
