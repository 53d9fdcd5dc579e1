import Bytes
import Testing

@testable import KafkaSimulator

@Suite("The simulated registry answers as the recorded ones did")
struct RegistryReplayTests {
    @Test(
        "status and body of every recorded exchange",
        arguments: [
            (RegistryFlavour.confluent, ["confluent-8.3.1-probe", "confluent-8.3.1-import"]),
            (.karapace, ["karapace-6.2-probe"]),
        ])
    func replays(flavour: RegistryFlavour, recordings: [String]) throws {
        var state = RegistryState(flavour)
        var count = 0
        for recording in recordings {
            for exchange in try RegistryRecording(recording).exchanges {
                let answer = state.answer(exchange.request)
                #expect(answer.status == exchange.status, "\(recording) \(exchange)")
                let body = try OrderedJSON(parsing: answer.body.bytes)
                #expect(comparable(body).compact() == comparable(exchange.response).compact(), "\(recording) \(exchange)")
                count += 1
            }
        }
        #expect(count == (flavour == .confluent ? 149 : 94))
    }

    /// Calls at random, among which every rule meets every other. Refusals are compared by status and code, since their words quote
    /// Java's and Python's parsers; lists without their order, which is that of a hash map.
    @Test(
        "calls made at random to a real registry",
        arguments: [(RegistryFlavour.confluent, "confluent-8.3.1-random", 1200)])
    func random(flavour: RegistryFlavour, recording: String, count: Int) throws {
        var state = RegistryState(flavour)
        let exchanges = try RegistryRecording(recording).exchanges
        #expect(exchanges.count == count)
        var differing: [String] = []
        for exchange in exchanges {
            let answer = state.answer(exchange.request)
            let body = try OrderedJSON(parsing: answer.body.bytes)
            let agrees =
                exchange.status < 300
                ? unordered(comparable(body)) == unordered(withoutFlag(comparable(exchange.response), exchange))
                : body["error_code"] == exchange.response["error_code"]
            if answer.status != exchange.status || !agrees {
                differing.append("\(exchange) \(exchange.status) \(answer.status) \(answer.body)")
            }
        }
        #expect(differing == [])
    }

    /// A registration that finds its schema with a noted version answers with `deleted` as well, unlike all others.
    private func withoutFlag(_ document: OrderedJSON, _ exchange: RegistryRecording.Exchange) -> OrderedJSON {
        guard exchange.method == "POST", let members = document.asMembers else { return document }
        return .object(members.filter { $0.name != "deleted" })
    }

    private func unordered(_ document: OrderedJSON) -> OrderedJSON {
        switch document {
        case .array(let elements): .array(elements.map(unordered).sorted { $0.compact() < $1.compact() })
        case .object(let members): .object(members.map { .init(name: $0.name, value: unordered($0.value)) })
        case .null, .flag, .number, .text: document
        }
    }
}
