import KafkaProtocol

/// A release of Apache Kafka, for the sake of the calls and versions that its brokers offer.
///
/// The tables list the highest version of each call; a call that is missing is not offered. Facts from the releases'
/// own protocol definitions. The lowest offered version is the simulator's own, which is what Kafka 4.1 still speaks.
public enum KafkaRelease: String, CaseIterable, Sendable {
    case v2_4 = "2.4"
    case v2_8 = "2.8"
    case v3_3 = "3.3"
    case v3_9 = "3.9"
    case v4_1 = "4.1"

    /// The highest version of `api` that this release speaks, nil where it has no such call.
    func highestVersion(of api: APIKey) -> Int16? {
        switch self {
        case .v2_4: Self.table2_4[api.rawValue]
        case .v2_8: Self.table2_8[api.rawValue]
        case .v3_3: Self.table3_3[api.rawValue]
        case .v3_9: Self.table3_9[api.rawValue]
        case .v4_1: .max
        }
    }

    /// Whether the release answers ApiVersions with features (KIP-584).
    var hasFeatures: Bool { self != .v2_4 && self != .v2_8 }

    private static let table2_4: [Int16: Int16] = [
        0: 8, 1: 11, 2: 5, 3: 9, 8: 8, 9: 6, 10: 3, 11: 6, 12: 4, 13: 4, 14: 4, 15: 5, 16: 3, 17: 1, 18: 3, 19: 5, 20: 4, 21: 1,
        22: 2, 23: 3, 24: 1, 25: 1, 26: 1, 28: 2, 29: 1, 30: 1, 31: 1, 32: 2, 33: 1, 35: 1, 36: 1, 37: 1, 41: 1, 42: 2, 43: 2,
        44: 1, 45: 0, 46: 0, 47: 0,
    ]

    private static let table2_8: [Int16: Int16] = [
        0: 9, 1: 12, 2: 6, 3: 11, 8: 8, 9: 7, 10: 3, 11: 7, 12: 4, 13: 4, 14: 5, 15: 5, 16: 4, 17: 1, 18: 3, 19: 7, 20: 6, 21: 2,
        22: 4, 23: 4, 24: 3, 25: 3, 26: 3, 28: 3, 29: 2, 30: 2, 31: 2, 32: 4, 33: 2, 35: 2, 36: 2, 37: 3, 41: 2, 42: 2, 43: 2,
        44: 1, 45: 0, 46: 0, 47: 0, 48: 1, 49: 1, 50: 0, 51: 0, 57: 0, 60: 0, 61: 0,
    ]

    private static let table3_3: [Int16: Int16] = [
        0: 9, 1: 13, 2: 7, 3: 12, 8: 8, 9: 8, 10: 4, 11: 9, 12: 4, 13: 5, 14: 5, 15: 5, 16: 4, 17: 1, 18: 3, 19: 7, 20: 6, 21: 2,
        22: 4, 23: 4, 24: 3, 25: 3, 26: 3, 28: 3, 29: 3, 30: 3, 31: 3, 32: 4, 33: 2, 35: 4, 36: 2, 37: 3, 41: 3, 42: 2, 43: 2,
        44: 1, 45: 0, 46: 0, 47: 0, 48: 1, 49: 1, 50: 0, 51: 0, 55: 1, 57: 1, 60: 0, 61: 0, 65: 0, 66: 0,
    ]

    private static let table3_9: [Int16: Int16] = [
        0: 11, 1: 17, 2: 9, 3: 12, 8: 9, 9: 9, 10: 6, 11: 9, 12: 4, 13: 5, 14: 5, 15: 5, 16: 5, 17: 1, 18: 4, 19: 7, 20: 6, 21: 2,
        22: 5, 23: 4, 24: 5, 25: 4, 26: 4, 28: 4, 29: 3, 30: 3, 31: 3, 32: 4, 33: 2, 35: 4, 36: 2, 37: 3, 41: 3, 42: 2, 43: 2,
        44: 1, 45: 0, 46: 0, 47: 0, 48: 1, 49: 1, 50: 0, 51: 0, 55: 2, 57: 1, 60: 1, 61: 0, 65: 0, 66: 1, 68: 0, 69: 0, 74: 0,
        75: 0,
    ]

    /// The range of versions that this release offers of a served call, nil for none.
    func offered(_ handler: any CallHandler.Type) -> ClosedRange<Int16>? {
        guard let highest = highestVersion(of: handler.api) else { return nil }
        let top = min(highest, handler.versions.upperBound)
        return top < handler.versions.lowerBound ? nil : handler.versions.lowerBound...top
    }
}
