import Bytes
import Seams
import SnapshotModel
import Testing

@testable import Repository

/// What `latest` comes to where the newest is not to be relied on.
@Suite struct ChoiceTests {
    private let positions = "+consumer-groups"

    private func publish(
        _ bench: Bench, _ selection: String = "", _ grade: Certificate.Grade = .stable, cluster: ByteString = "a",
        after: Duration = .seconds(60)
    ) async throws -> SnapshotID {
        bench.time.advance(by: after)
        return try await bench.repository.withWriter(holder: "a test") { writer in
            var manifest = bench.manifest([:], cluster: cluster)
            manifest.certificate = Certificate(grade: grade)
            manifest.selection = selection
            return try await writer.publish(manifest)
        }
    }

    @Test func suspectAndNarrowedOnesArePassedOverAndNamed() async throws {
        let bench = try await Bench()
        let old = try await publish(bench)
        let early = try await publish(bench, positions)
        let whole = try await publish(bench, "", .partial)
        let suspect = try await publish(bench, "", .suspect)
        let late = try await publish(bench, positions)
        let choice = try await bench.repository.choose("latest")
        #expect(choice.id == whole && choice.flaw == nil)
        #expect(choice.passedOver.map(\.id) == [late, suspect])
        #expect(choice.passedOver.map(\.flaw) == [.narrowed(selection: positions), .suspect])
        let before = try await bench.repository.choose("latest~1")
        #expect(before.id == old && before.passedOver.map(\.id) == [late, suspect, early])
        let error = await repositoryError { _ = try await bench.repository.choose("latest~2") }
        #expect(error?.code == .noSuchSnapshot && error?.message.contains("3 suspect or narrowed ones not counted") == true)
        #expect(error?.hint.contains("latest:any~1 counts every one") == true)
        // Who says which one means it.
        for (reference, id) in [("latest:any", late), ("latest:any~1", suspect), (early.description, early)] {
            let named = try await bench.repository.choose(reference)
            #expect(named.id == id && named.passedOver.isEmpty && named.flaw == nil, "\(reference)")
            #expect(try await bench.repository.resolve(reference) == id)
        }
        #expect(try await bench.repository.resolve("latest") == late, "for whoever counts every one")
    }

    @Test func aMomentMeansTheLastToRelyOnBeforeIt() async throws {
        let bench = try await Bench()
        let suspect = try await publish(bench, "", .suspect)
        let early = bench.time.now()
        let whole = try await publish(bench)
        let later = try await publish(bench, positions)
        let moment = bench.time.now()
        _ = try await publish(bench, positions)
        let choice = try await bench.repository.choose("@\(moment)")
        #expect(choice.id == whole && choice.passedOver.map(\.id) == [later], "nothing of after the moment is passed over")
        let first = try await bench.repository.choose("@\(early)")
        #expect(first.id == suspect && first.flaw == .suspect && first.passedOver.isEmpty)
    }

    @Test func whereThereIsNothingBetterTheNewestIsTakenAndItsFlawIsTold() async throws {
        let bench = try await Bench()
        _ = try await publish(bench, "", .suspect)
        _ = try await publish(bench, positions)
        let newest = try await publish(bench, "", .suspect)
        let choice = try await bench.repository.choose("latest")
        #expect(choice.id == newest && choice.flaw == .suspect && choice.passedOver.isEmpty)
        // Those of another cluster are nothing better.
        _ = try await publish(bench, "", .stable, cluster: "b", after: .seconds(-600))
        #expect(try await bench.repository.choose("latest").id == newest)
    }

    @Test func aDamagedOneIsPassedOverAndNamed() async throws {
        let bench = try await Bench()
        let old = try await publish(bench)
        let moment = bench.time.now()
        let broken = try await publish(bench)
        let path = try #require(try await bench.repository.snapshots().first { $0.id == broken }).path
        try bench.memory.put(Array(try bench.memory.get(path, range: nil).dropLast(9)), at: path, mode: .overwrite)
        for reference in ["latest", "@\(bench.time.now())"] {
            let choice = try await bench.repository.choose(reference)
            #expect(choice.id == old && choice.flaw == nil, "\(reference)")
            #expect(choice.passedOver.map(\.id) == [broken] && choice.passedOver.map(\.flaw) == [.damaged], "\(reference)")
        }
        #expect(try await bench.repository.choose("@\(moment)").passedOver.isEmpty, "it is of after the moment")
        #expect(try await bench.repository.choose(old.description).passedOver.isEmpty, "who names one means it")
        let error = await repositoryError { _ = try await bench.repository.choose("latest~1") }
        #expect(error?.message.contains("(1 damaged ones not counted: \(path) is altered") == true, "\(error?.message ?? "none")")
    }

    @Test func aSelectionThatStandsAloneForTwoWeeksIsWhatTheClusterIsBackedUpBy() async throws {
        let bench = try await Bench()
        let whole = try await publish(bench)
        let within = try await publish(bench, "-broker-configs", after: .seconds(14 * 86_400))
        #expect(try await bench.repository.choose("latest").id == whole)
        let beyond = try await publish(bench, "-broker-configs")
        let choice = try await bench.repository.choose("latest")
        #expect(choice.id == beyond && choice.passedOver.isEmpty)
        #expect(try await bench.repository.choose("latest~1").id == whole)
        // It was unchanged, and true until now.
        let manifest = try await bench.repository.manifest(whole)
        _ = try await bench.repository.withWriter(holder: "a test") { [now = bench.time.now()] in
            try await $0.confirm(whole, manifest, at: now, by: .agent)
        }
        #expect(try await bench.repository.choose("latest").passedOver.map(\.id) == [beyond, within])
    }
}
