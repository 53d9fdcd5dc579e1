import Bytes

/// What a config may hold and holds where nobody has set it.
struct ConfigDefinition: Sendable {
    /// The numbers are DescribeConfigs' own.
    enum Kind: Int8, Sendable {
        case boolean = 1
        case string, int, short, long, double, list, classname, password
    }

    /// Bounds of numbers and words of strings, with Kafka's wording where they are broken.
    enum Bound: Sendable {
        case none
        case atLeast(Double)
        case between(Double, Double)
        /// Within the bounds, or -1.
        case betweenOrDefault(Double, Double)
        case oneOf([String])
        /// `partition:broker,…`, or `*`, or nothing.
        case throttledReplicas
    }

    let name: ByteString
    let kind: Kind
    var isReadOnly = false
    var isSensitive = false
    /// Whether brokers show it only where somebody has set it: so are the rates that replication is throttled to.
    var isHiddenWhereUnset = false
    /// Nil stands for null.
    var initial: ByteString?
    var bound = Bound.none
    /// For a topic's or group's config: the broker config that it falls back to.
    var brokerName: ByteString?

    /// Why `value` cannot stand, in the broker's words; nil where it can.
    func flaw(in value: ByteString) -> String? {
        func refuse(_ why: String) -> String { "Invalid value \(value) for configuration \(name): \(why)" }
        guard let text = value.validText else { return refuse("not UTF-8") }
        let trimmed = text.trimming()
        switch kind {
        case .boolean:
            guard ["true", "false"].contains(trimmed.lowercased()) else { return refuse("Expected value to be either true or false") }
        case .int:
            guard let number = Int32(trimmed) else { return refuse("Not a number of type INT") }
            return numberFlaw(Double(number)).map(refuse)
        case .short:
            guard let number = Int16(trimmed) else { return refuse("Not a number of type SHORT") }
            return numberFlaw(Double(number)).map(refuse)
        case .long:
            guard let number = Int64(trimmed) else { return refuse("Not a number of type LONG") }
            return numberFlaw(Double(number)).map(refuse)
        case .double:
            guard let number = Double(trimmed) else { return refuse("Not a number of type DOUBLE") }
            return numberFlaw(number).map(refuse)
        case .list:
            let words = Self.items(value)
            if case .oneOf(let allowed) = bound {
                for word in words where !allowed.contains(word.description) {
                    return "Invalid value \(word) for configuration \(name): String must be one of: \(allowed.joined(separator: ", "))"
                }
            }
            if case .throttledReplicas = bound, !words.allSatisfy(Self.isThrottledReplica), words != ["*"] {
                return
                    "Invalid value [\(value)] for configuration \(name): \(name) must be the literal '*' or a list of replicas in the following format: "
                    + "[partitionId]:[brokerId],[partitionId]:[brokerId],..."
            }
        case .string:
            if case .oneOf(let allowed) = bound, !allowed.contains(trimmed) {
                return refuse("String must be one of: \(allowed.joined(separator: ", "))")
            }
        case .classname, .password: break
        }
        return nil
    }

    /// `value` as a broker shows it after it has understood it: lists without blanks, booleans in small letters.
    func normal(_ value: ByteString) -> ByteString {
        switch kind {
        case .list: ByteString(Self.items(value).map(\.description).joined(separator: ","))
        case .boolean: ByteString(value.description.trimming().lowercased())
        case .int, .short, .long: ByteString(value.description.trimming())
        case .string, .double, .classname, .password: value
        }
    }

    private func numberFlaw(_ number: Double) -> String? {
        func plain(_ bound: Double) -> String { kind == .double && bound != bound.rounded() ? "\(bound)" : "\(Int64(bound))" }
        switch bound {
        case .atLeast(let least) where number < least: return "Value must be at least \(plain(least))"
        case .betweenOrDefault(let least, let most) where number != -1 && !(least...most).contains(number):
            return "Value must be between \(plain(least)) and \(plain(most)) or equal to -1"
        case .between(let least, _) where number < least: return "Value must be at least \(plain(least))"
        case .between(_, let most) where number > most: return "Value must be no more than \(plain(most))"
        default: return nil
        }
    }

    private static func isThrottledReplica(_ word: ByteString) -> Bool {
        let parts = word.description.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { Int32($0) != nil }
    }

    /// The items of a list, blanks around them left out.
    static func items(_ value: ByteString) -> [ByteString] {
        value.description.split(separator: ",").map { ByteString(String($0).trimming()) }.filter { !$0.isEmpty }
    }
}

extension String {
    func trimming() -> String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
