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

/// Turns an answer that came later into a frame, and counts what it used of its sender's quotas.
typealias LateEncoding = @Sendable (any WireStruct, inout ClusterState) throws(WireError) -> [UInt8]

/// The outcome of a frame.
enum Served: Sendable {
    case answered([UInt8])
    /// Answered later; the closure turns the response into a frame.
    case parked(encode: LateEncoding)
    case silent
}

extension CallHandler {
    /// Decodes, answers and encodes. Throws where the frame is not the request that its header says.
    static func serve(_ frame: [UInt8], _ context: CallContext, _ state: inout ClusterState) throws(WireError) -> Served {
        let (header, request) = try decode(frame)
        state.uptime = context.uptime
        if let code = state.clusterRefusal(context) {
            return .answered(try encode(refusal(code, request, context, state), header, frame.count, context, &state))
        }
        switch answer(request, context, &state) {
        case .now(let response): return .answered(try encode(response, header, frame.count, context, &state))
        case .later:
            let size = frame.count
            return .parked { response, state throws(WireError) in
                guard let response = response as? Request.Response else {
                    throw WireError(.malformed("an answer of another call"), message: Request.responseName, version: header.version)
                }
                return try encode(response, header, size, context, &state)
            }
        case .never:
            _ = state.charge(context, requestBytes: frame.count, answerBytes: 0, at: state.uptime)
            return .silent
        }
    }

    /// The answer's frame. Where its sender is over a quota it says for how long, and the records of a Fetch are kept back.
    private static func encode(
        _ response: Request.Response, _ header: RequestHeader, _ requestBytes: Int, _ context: CallContext, _ state: inout ClusterState
    ) throws(WireError) -> [UInt8] {
        let frame = try Frame.encodeResponse(
            response, to: Request.self, version: header.version, correlationID: header.correlationID)
        let charge = state.charge(context, requestBytes: requestBytes, answerBytes: frame.count, at: state.uptime)
        if charge.pause == .zero { return frame }
        var response = charge.isKeptBack ? Request.Response() : response
        ThrottlePainter.paint(&response, charge.pause)
        return try Frame.encodeResponse(response, to: Request.self, version: header.version, correlationID: header.correlationID)
    }

    /// The answer to a caller who may not ask: nothing but the error, at the top where there is a place for it, else at each item.
    private static func refusal(
        _ code: ErrorCode, _ request: Request, _ context: CallContext, _ state: ClusterState
    ) -> Request.Response {
        if let top = ErrorPainter.paintTop(Request.Response(), code: code, version: context.version) { return top }
        var scratch = state
        guard case .now(let made) = answer(request, context, &scratch) else { return Request.Response() }
        return ErrorPainter.paint(made, code: code, version: context.version)
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
