import Testing

@testable import Bytes

@Suite struct NounTests {
    @Test func oneIsNotSeveral() {
        #expect(1.counted("topic") == "1 topic" && 2.counted("topic") == "2 topics" && 0.counted("topic") == "0 topics")
        #expect(1.counted("schema has", "schemas have") == "1 schema has" && 3.counted("schema has", "schemas have") == "3 schemas have")
    }
}
