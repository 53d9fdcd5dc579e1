import KafkaProtocol

/// One call, served. The version ranges of all handlers are what ApiVersions answers, so what is not served is not offered.
protocol CallHandler: Sendable {
    associatedtype Request: KafkaRequest
    /// The versions that Apache Kafka 4.1 offers of this call.
    static var versions: ClosedRange<Int16> { get }
    static func answer(_ request: Request, _ context: CallContext, _ state: inout ClusterState) -> Answer<Request.Response>
}

extension CallHandler {
    static var api: APIKey { Request.api }
    static var versions: ClosedRange<Int16> { Request.versions }
}

/// The outcome of a frame.
enum Served: Sendable {
    case answered([UInt8])
    /// Answered later; the closure turns the response into a frame.
    case parked(encode: @Sendable (any WireStruct) throws(WireError) -> [UInt8])
    case silent
}

extension CallHandler {
    /// Decodes, answers and encodes. Throws where the frame is not the request that its header says.
    static func serve(_ frame: [UInt8], _ context: CallContext, _ state: inout ClusterState) throws(WireError) -> Served {
        let (header, request) = try decode(frame)
        let version = header.version
        let correlationID = header.correlationID
        switch answer(request, context, &state) {
        case .now(let response):
            return .answered(
                try Frame.encodeResponse(response, to: Request.self, version: version, correlationID: correlationID))
        case .later:
            return .parked { response throws(WireError) in
                guard let response = response as? Request.Response else {
                    throw WireError(.malformed("an answer of another call"), message: Request.responseName, version: version)
                }
                return try Frame.encodeResponse(response, to: Request.self, version: version, correlationID: correlationID)
            }
        case .never: return .silent
        }
    }

    /// As brokers read requests: bytes after the last field are passed over (librdkafka sends some after its Metadata requests).
    private static func decode(_ frame: [UInt8]) throws(WireError) -> (header: RequestHeader, request: Request) {
        do throws(WireError) {
            return try Frame.decodeRequest(Request.self, from: frame)
        } catch {
            guard case .trailingBytes(let count) = error.reason, error.path.isEmpty else { throw error }
            return try Frame.decodeRequest(Request.self, from: Array(frame.dropLast(count)))
        }
    }

    /// The answer with every error code in it set to `code`, without any effect on the cluster.
    static func serveRefusal(
        _ code: ErrorCode, _ frame: [UInt8], _ context: CallContext, _ state: ClusterState
    ) throws(WireError) -> [UInt8] {
        let (header, request) = try decode(frame)
        var scratch = state
        var response = Request.Response()
        if case .now(let made) = answer(request, context, &scratch) { response = made }
        response = ErrorPainter.paint(response, code: code, version: header.version)
        return try Frame.encodeResponse(response, to: Request.self, version: header.version, correlationID: header.correlationID)
    }
}
