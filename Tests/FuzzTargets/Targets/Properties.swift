import Bytes

@testable import KafkaClient

extension FuzzTarget {
    /// A `client.properties`, an entry of `sasl.jaas.config`, a list of servers: the first byte chooses.
    static let properties = FuzzTarget("properties", upTo: 512) { input in
        let choice = input.byte() % 3
        let bytes = input.all()
        let text = String(decoding: bytes, as: UTF8.self)
        switch choice {
        case 0:
            let entries = (try? JavaProperties(bytes))?.entries ?? []
            try hold(entries.count <= bytes.count, "more entries than bytes")
            // Files that it names are not there.
            _ = try? ClientProperties(bytes, bootstrap: []) { path throws(KafkaError) in
                throw KafkaError(.configuration, outcome: .notSent, cause: "no such file: \(path)", hint: "None.")
            }
        case 1: _ = try? JaasEntry.all(in: text)
        default: _ = try? BrokerAddress.list(text, from: "a test")
        }
    }
}
