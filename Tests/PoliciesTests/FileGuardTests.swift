import Glibc
import Testing

@testable import Policies

@Suite struct FileGuardTests {
    /// As a ConfigMap's volume looks inside of a pod: its root without and with `fsGroup`, and the folder that its link names.
    @Test("a folder that everybody may write to will do where its mount is read-only", arguments: [0o777, 0o2777, 0o2775, 0o755, 0o2755])
    func readOnlyMount(mode: Int) {
        #expect(!FileGuard.canReplaceFiles(mode: mode_t(mode), isReadOnly: true))
    }

    @Test(arguments: [(0o777, true), (0o775, true), (0o757, true), (0o2777, true), (0o1777, false), (0o755, false), (0o2755, false)])
    func otherMounts(mode: Int, isOpen: Bool) {
        #expect(FileGuard.canReplaceFiles(mode: mode_t(mode), isReadOnly: false) == isOpen)
    }
}
