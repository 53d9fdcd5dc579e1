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
}
