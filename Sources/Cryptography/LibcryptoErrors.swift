import CLibcrypto

/// What libcrypto has noted of a call that failed, in this thread's queue.
enum LibcryptoErrors {
    /// The reasons, oldest first; the queue is empty afterwards.
    static func drain() -> [Int32] {
        var reasons: [Int32] = []
        var code = ERR_get_error()
        while code != 0 {
            // ERR_GET_REASON, a macro: the low 23 bits.
            reasons.append(Int32(truncatingIfNeeded: code & 0x7FFFFF))
            code = ERR_get_error()
        }
        return reasons
    }
}
