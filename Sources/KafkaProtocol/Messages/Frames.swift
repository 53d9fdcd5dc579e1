public import Bytes

/// What leads every request (KIP-482's header versions 1 and 2).
public struct RequestHeader: Equatable, Sendable {
    public var api: APIKey
    public var version: Int16
    /// Chosen by the client, repeated by the answer.
    public var correlationID: Int32
    public var clientID: ByteString?
    public var unknownTags = UnknownTags()

    public init(api: APIKey, version: Int16, correlationID: Int32, clientID: ByteString?) {
        self.api = api
        self.version = version
        self.correlationID = correlationID
        self.clientID = clientID
    }

    /// Reads the first eight bytes alone: they never change, whatever the call and version.
    public static func peek(_ frame: [UInt8]) throws(WireError) -> (api: APIKey, version: Int16, correlationID: Int32) {
        do throws(WireError) {
            var reader = Reader(frame, version: 1, flexible: false)
            let api = APIKey(rawValue: try reader.integer(Int16.self))
            return (api, try reader.integer(Int16.self), try reader.integer(Int32.self))
        } catch {
            throw error.of("RequestHeader", 1)
        }
    }
}

/// Requests and answers as frames, without the four bytes of length that lead them on a connection.
public enum Frame {
    public static func encode<Request: KafkaRequest>(
        _ request: Request, version: Int16, correlationID: Int32, clientID: ByteString?, headerTags: UnknownTags = UnknownTags()
    ) throws(WireError) -> [UInt8] {
        guard Request.versions.contains(version) else { throw WireError(.unknownVersion, message: Request.requestName, version: version) }
        do throws(WireError) {
            let flexible = Request.isFlexible(version)
            var writer = Writer(version: version, flexible: flexible)
            writer.integer(Request.api.rawValue)
            writer.integer(version)
            writer.integer(correlationID)
            writer.plainString(clientID)
            if flexible { writer.tagSection(headerTags) }
            try request.write(to: &writer)
            return writer.bytes
        } catch {
            throw error.of(Request.requestName, version)
        }
    }

    public static func decodeRequest<Request: KafkaRequest>(
        _: Request.Type, from frame: [UInt8]
    ) throws(WireError) -> (header: RequestHeader, request: Request) {
        let (api, version, correlationID) = try RequestHeader.peek(frame)
        guard api == Request.api, Request.versions.contains(version) else {
            throw WireError(.unknownVersion, message: Request.requestName, version: version)
        }
        do throws(WireError) {
            let flexible = Request.isFlexible(version)
            var reader = Reader(frame, from: 8, version: version, flexible: flexible)
            var header = RequestHeader(api: api, version: version, correlationID: correlationID, clientID: nil)
            do throws(WireError) {
                header.clientID = try reader.plainString()
                if flexible { header.unknownTags = try reader.headerTags() }
            } catch {
                throw error.inside("clientId").inside("header")
            }
            let request = try Request.read(from: &reader)
            if reader.remaining > 0 { throw WireError(.trailingBytes(reader.remaining)) }
            return (header, request)
        } catch {
            throw error.of(Request.requestName, version)
        }
    }

    /// An answer to ApiVersions never has a flexible header: it must be readable before versions are known (KIP-511).
    private static func hasFlexibleHeader<Request: KafkaRequest>(_: Request.Type, _ version: Int16) -> Bool {
        Request.isFlexible(version) && Request.api != .apiVersions
    }

    public static func encodeResponse<Request: KafkaRequest>(
        _ response: Request.Response, to _: Request.Type, version: Int16, correlationID: Int32, headerTags: UnknownTags = UnknownTags()
    ) throws(WireError) -> [UInt8] {
        do throws(WireError) {
            var writer = Writer(version: version, flexible: Request.isFlexible(version))
            writer.integer(correlationID)
            if hasFlexibleHeader(Request.self, version) { writer.tagSection(headerTags) }
            try response.write(to: &writer)
            return writer.bytes
        } catch {
            throw error.of(Request.responseName, version)
        }
    }

    /// Decodes the whole frame; a byte too few or too many is an error that names message, version and field.
    public static func decodeResponse<Request: KafkaRequest>(
        to _: Request.Type, version: Int16, from frame: [UInt8]
    ) throws(WireError) -> (correlationID: Int32, response: Request.Response, headerTags: UnknownTags) {
        do throws(WireError) {
            var reader = Reader(frame, version: version, flexible: Request.isFlexible(version))
            let correlationID: Int32
            var tags = UnknownTags()
            do throws(WireError) {
                correlationID = try reader.integer(Int32.self)
                if hasFlexibleHeader(Request.self, version) { tags = try reader.headerTags() }
            } catch {
                throw error.inside("correlationId").inside("header")
            }
            let response = try Request.Response.read(from: &reader)
            if reader.remaining > 0 { throw WireError(.trailingBytes(reader.remaining)) }
            return (correlationID, response, tags)
        } catch {
            throw error.of(Request.responseName, version)
        }
    }
}

/// The client id stands in the old form, with a 16-bit length, in every header version.
extension Reader {
    mutating func plainString() throws(WireError) -> ByteString? {
        let length = Int(try integer(Int16.self))
        if length < -1 { throw WireError(.badLength(Int64(length))) }
        return length < 0 ? nil : ByteString(bytes: try take(length))
    }
}

extension Writer {
    mutating func plainString(_ text: ByteString?) {
        // A client id longer than a header can say is cut: it is a label, and brokers log it only.
        let bytes = text?.bytes.prefix(Int(Int16.max))
        integer(Int16(bytes?.count ?? -1))
        if let bytes { append(bytes) }
    }
}
