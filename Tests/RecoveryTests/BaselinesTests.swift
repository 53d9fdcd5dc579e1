import Bytes
import Host
import Repository
import Resources
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// What a shrunken section is judged by.
@Suite struct BaselinesTests {
    /// One snapshot after the other, each with so many topics; nil: without the section.
    private func baselines(_ topics: [(count: Int?, state: SectionState)]) async throws -> (Baselines, [SnapshotID]) {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        var ids: [SnapshotID] = []
        for (count, state) in topics {
            let parent = ids.last
            ids.append(
                try await repository.withWriter(holder: "a test") { writer in
                    var sections: [Section] = []
                    if let count {
                        let documents = (0..<count).map { Document(id: ResourceID(ByteString("orders-\($0 + 100)")), body: .null) }
                        sections = [Section(kind: .topics, part: .desired, root: try await writer.write(documents), state: state)]
                    }
                    return try await writer.publish(
                        Manifest(
                            tool: .init(name: "tidemark", version: "1"), clusterID: "c", brokers: 1, lineage: Lineage(parent: parent),
                            started: HostTime().now(), finished: HostTime().now(), sections: sections,
                            certificate: Certificate(grade: state.isComplete ? .stable : .partial)))
                })
        }
        return (Baselines(of: "c", .everything, in: try await repository.outlines().compactMap(\.intact)), ids)
    }

    private let limited = SectionState(outcome: .captured, limited: "by rights")

    @Test func theNewestThatWasReadAsAWholeIsTheMeasureWhateverWasReadInPartSince() async throws {
        let (baselines, ids) = try await baselines([(30, .stable), (20, .stable), (15, limited), (11, limited)])
        #expect(baselines.byKind[.topics]?.snapshot == ids[1] && baselines.byKind[.topics]?.documents == 20)
    }

    @Test func whereNoneWasReadAsAWholeItIsTheNewest() async throws {
        let (baselines, ids) = try await baselines([(15, limited), (11, limited)])
        #expect(baselines.byKind[.topics]?.snapshot == ids[1] && baselines.byKind[.topics]?.documents == 11)
    }

    @Test func oneWithoutTheSectionEndsTheSearch() async throws {
        let (gone, _) = try await baselines([(30, .stable), (nil, .stable)])
        #expect(gone.byKind[.topics] == nil)
        let (since, ids) = try await baselines([(30, .stable), (nil, .stable), (11, limited)])
        #expect(since.byKind[.topics]?.snapshot == ids[2])
    }
}
