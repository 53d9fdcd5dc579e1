import KafkaProtocol

extension FuzzTarget {
    /// Every message in every version: the first byte is the API key, the second the version, with its greatest bit for an
    /// answer. What was decoded is encoded to bytes that decode to the same; these bytes are stable.
    static let messages = FuzzTarget("messages", upTo: 4096) { input in
        let (key, choice) = (input.byte(), input.byte())
        guard let type = Messages.byKey[APIKey(rawValue: Int16(key))] else { return }
        let version = Int16(choice & 0x7f)
        let body = input.all()
        if choice & 0x80 == 0 {
            try request(type, version, body)
        } else {
            try response(type, version, body)
        }
    }

    private static func request<Request: KafkaRequest>(_: Request.Type, _ version: Int16, _ body: [UInt8]) throws {
        let head = [Request.api.rawValue, version].flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) }
        guard let (header, value) = try? Frame.decodeRequest(Request.self, from: head + body) else { return }
        func encode(_ header: RequestHeader, _ value: Request) throws -> [UInt8] {
            try Frame.encode(
                value, version: version, correlationID: header.correlationID, clientID: header.clientID, headerTags: header.unknownTags)
        }
        let encoded = try encode(header, value)
        let again = try Frame.decodeRequest(Request.self, from: encoded)
        try hold(try encode(again.header, again.request) == encoded, "\(Request.requestName) \(version) is not stable")
    }

    private static func response<Request: KafkaRequest>(_: Request.Type, _ version: Int16, _ body: [UInt8]) throws {
        guard Request.versions.contains(version),
            let (id, value, tags) = try? Frame.decodeResponse(to: Request.self, version: version, from: body)
        else { return }
        func encode(_ value: Request.Response) throws -> [UInt8] {
            try Frame.encodeResponse(value, to: Request.self, version: version, correlationID: id, headerTags: tags)
        }
        let encoded = try encode(value)
        let again = try Frame.decodeResponse(to: Request.self, version: version, from: encoded)
        try hold(try encode(again.response) == encoded, "\(Request.responseName) \(version) is not stable")
    }
}
