import Foundation
import Testing

@testable import SchemaRegistryClient

@Suite struct RegistryJSONTests {
    private func read(_ text: some Sequence<UInt8>) throws -> RegistryJSON { try JSONDecoder().decode(RegistryJSON.self, from: Data(text)) }

    @Test(arguments: [
        "166666600624692880.3166065384", "1.5", "-0.0", "1e19", "9.3e18", "9223372036854775807", "-9223372036854775808", "1e15", "4.0",
    ])
    func aNumberIsTheSameValueInItsCanonicalForm(_ text: String) throws {
        let value = try read(text.utf8)
        #expect(try read(value.canonical.bytes) == value)
    }

    /// Doubles stand 32 apart there.
    @Test func aWholeNumberBeyondWhatADoubleHoldsExactlyIsAnInteger() throws {
        #expect(try read("166666600624692880.3166065384".utf8) == .integer(166_666_600_624_692_896))
    }
}
