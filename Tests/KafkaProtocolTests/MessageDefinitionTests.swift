import Bytes
import Testing

@testable import KafkaProtocol

/// Laws over every message, from its listing of fields alone.
@Suite(.serialized) struct MessageDefinitionTests {
    static let names = Messages.all.map { $0.requestName }

    private func lines(_ name: String) throws -> (request: [SchemaRecorder.Line], response: [SchemaRecorder.Line]) {
        let type = try #require(Messages.all.first { $0.requestName == name })
        func record<Request: KafkaRequest>(_: Request.Type) -> ([SchemaRecorder.Line], [SchemaRecorder.Line]) {
            (SchemaRecorder.lines(of: Request.self), SchemaRecorder.lines(of: Request.Response.self))
        }
        return record(type)
    }

    @Test(arguments: names) func aFreshMessageHoldsTheInitialValuesOfItsListing(_ name: String) throws {
        let (request, response) = try lines(name)
        for line in request + response { #expect(line.initialAgrees, "\(name) \(line.path)") }
    }

    @Test(arguments: names) func namesAndTagsOfAStructAreDistinct(_ name: String) throws {
        let (request, response) = try lines(name)
        for group in [request, response] {
            #expect(Set(group.map(\.path)).count == group.count)
            let tags = group.filter { $0.tag != nil }.map { "\($0.path.dropLast()) \($0.tag ?? 0)" }
            #expect(Set(tags).count == tags.count)
        }
    }

    @Test(arguments: names) func anEmptyMessageRoundTripsInEveryVersion(_ name: String) throws {
        let type = try #require(Messages.all.first { $0.requestName == name })
        func check<Request: KafkaRequest>(_: Request.Type) throws {
            for version in Request.versions {
                // Null stands only where the version allows it; a message whose nothing means null has no empty form there.
                guard let bytes = try? Frame.encodeResponse(Request.Response(), to: Request.self, version: version, correlationID: 7) else {
                    continue
                }
                let (correlation, response, _) = try Frame.decodeResponse(to: Request.self, version: version, from: bytes)
                #expect(correlation == 7)
                #expect(response == Request.Response())
            }
        }
        try check(type)
    }

    @Test func aSetFieldThatTheVersionCannotCarryIsRefusedByName() {
        var request = CreateTopicsRequest()
        request.validateOnly = true
        #expect(throws: WireError.self) { try Frame.encode(request, version: 99, correlationID: 1, clientID: nil) }
        var fetch = OffsetFetchRequest()
        fetch.groupId = "g"
        let error = #expect(throws: WireError.self) { try Frame.encode(fetch, version: 8, correlationID: 1, clientID: nil) }
        #expect(error?.reason == .cannotCarry)
        #expect(error?.path == ["groupId"])
        #expect(error?.description == "OffsetFetchRequest version 8, field groupId: this version cannot carry the value that is set")
    }

    @Test func anIgnorableFieldIsDroppedSilently() throws {
        var request = ListOffsetsRequest()
        request.timeoutMs = 5
        let bytes = try Frame.encode(request, version: 7, correlationID: 1, clientID: "c")
        #expect(try Frame.decodeRequest(ListOffsetsRequest.self, from: bytes).request.timeoutMs == 0)
    }

    @Test func unknownTaggedFieldsSurviveARoundTrip() throws {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = "orders"
        topic.unknownTags = UnknownTags([.init(tag: 9, bytes: [1, 2, 3]), .init(tag: 300, bytes: [])])
        var request = CreateTopicsRequest()
        request.topics = [topic]
        let bytes = try Frame.encode(request, version: 7, correlationID: 1, clientID: nil)
        #expect(try Frame.decodeRequest(CreateTopicsRequest.self, from: bytes).request == request)
    }

    @Test func aCountBeyondTheBytesLeftReservesNothing() {
        // DescribeGroups v0: correlation id, then a count of two thousand million groups.
        let frame: [UInt8] = [0, 0, 0, 1, 0x77, 0xff, 0xff, 0xff, 0, 0]
        let error = #expect(throws: WireError.self) {
            try Frame.decodeResponse(to: DescribeGroupsRequest.self, version: 0, from: frame)
        }
        #expect(error?.reason == .badLength(0x77ff_ffff))
        #expect(error?.path == ["groups"])
    }

    @Test func namesAreComparedByBytes() throws {
        var request = MetadataRequest()
        request.topics = ["cafe\u{301}", "caf\u{e9}"].map {
            var topic = MetadataRequest.MetadataRequestTopic()
            topic.name = ByteString($0)
            return topic
        }
        let bytes = try Frame.encode(request, version: 4, correlationID: 1, clientID: nil)
        let topics = try #require(try Frame.decodeRequest(MetadataRequest.self, from: bytes).request.topics)
        #expect(Set(topics.map(\.name)).count == 2)
    }

    @Test func aLengthBelowNullIsRefused() {
        let frame: [UInt8] = [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe]
        let error = #expect(throws: WireError.self) {
            try Frame.decodeResponse(to: DescribeGroupsRequest.self, version: 0, from: frame)
        }
        #expect(error?.reason == .badLength(-2))
    }

    @Test func aVarintThatDoesNotEndIsRefused() {
        // ListGroups v3: correlation id, no tags, no throttling, no error, then a count of six bytes.
        let frame: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
        let error = #expect(throws: WireError.self) {
            try Frame.decodeResponse(to: ListGroupsRequest.self, version: 3, from: frame)
        }
        #expect(error?.reason == .overlongVarint)
    }
}
