import KafkaProtocol
import Recordings
import Testing

@testable import KafkaSimulator

@Suite("Every recorded exchange is compared, or it is said why not")
struct ReplayLedgerTests {
    static let scenes: [ReplayScene] = Recording.all.compactMap(ReplayLedger.scene).reduce(into: []) { scenes, scene in
        if !scenes.contains(where: { $0.name == scene.name }) { scenes.append(scene) }
    }

    @Test("What a scene stands for in the ledger, it has compared", arguments: ReplayLedgerTests.scenes)
    func scene(_ scene: ReplayScene) throws {
        let judge = ReplayJudge()
        try scene.play(judge)
        let due = Recording.all.filter { ReplayLedger.scene(of: $0)?.name == scene.name }
        #expect(!due.isEmpty)
        #expect(due.filter { !judge.compared.contains($0.id) }.map(\.description) == [])
    }

    @Test("All 457 have a row, each is another one")
    func nothingIsForgotten() {
        #expect(Recording.all.count == 457)
        #expect(Set(Recording.all.map(\.id)).count == 457)
        #expect(Recording.all.filter { ReplayLedger.row(of: $0) == nil }.map(\.description) == [])
    }

    @Test("Every row stands for some, and names its reasons")
    func noRowIsIdle() {
        for row in ReplayLedger.rows {
            let own = Recording.all.filter {
                ReplayLedger.row(of: $0).map { $0.api == row.api && $0.note == row.note } ?? false
            }
            #expect(!own.isEmpty, "\(row.api) \(row.note ?? "")")
            switch row.fate {
            case .compared(_, let leftOut, _): #expect(leftOut.allSatisfy { !$0.because.isEmpty && !$0.path.isEmpty })
            case .left(let why): #expect(!why.isEmpty)
            }
        }
    }

    /// Grows as calls are added; what it is says how far the simulator is proved by recordings.
    @Test("Most are compared")
    func howMany() {
        // All but one Fetch of the offsets topic.
        #expect(Recording.all.count(where: ReplayLedger.isCompared) == 456)
    }
}
