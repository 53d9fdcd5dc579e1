import KafkaProtocol
import Recordings
import Testing

@testable import KafkaSimulator

@Suite("Every recorded exchange is compared, or it is said why not")
struct ReplayLedgerTests {
    @Test("All 457 have a row")
    func nothingIsForgotten() {
        #expect(Recording.all.count == 457)
        #expect(Recording.all.filter { ReplayLedger.row(of: $0) == nil }.map(\.description) == [])
    }

    @Test("Every row stands for some, and names its reason")
    func noRowIsIdle() {
        for row in ReplayLedger.rows {
            let own = Recording.all.filter { ReplayLedger.row(of: $0).map { $0.api == row.api && $0.note == row.note } ?? false }
            #expect(!own.isEmpty, "\(row.api) \(row.note ?? "")")
            switch row.fate {
            case .compared: #expect(Calls.byKey[row.api] != nil, "\(row.api) is compared, but not served")
            case .left(let why): #expect(!why.isEmpty)
            case .notServed: #expect(Calls.byKey[row.api] == nil, "\(row.api) is served: compare it")
            }
        }
    }

    /// Grows as calls are added; what it is says how far the simulator is proved by recordings.
    @Test("Most are compared")
    func howMany() {
        let compared = Recording.all.count(where: ReplayLedger.isCompared)
        // All but one Fetch of the offsets topic.
        #expect(compared == 456, "\(compared)")
    }
}
