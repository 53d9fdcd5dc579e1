import Foundation
import Testing

@testable import KafkaClient

@Suite struct ConfigurationFileTests {
    /// `--command-config <(pass show kafka)`: the shell has opened a pipe, and somebody writes it.
    @Test func aPipeThatTheShellOpenedIsRead() throws {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let text = Array("sasl.mechanism=PLAIN\n".utf8)
        #expect(write(ends[1], text, text.count) == text.count)
        close(ends[1])
        #expect(try ConfigurationFile.read("/dev/fd/\(ends[0])") == text)
    }

    /// Nobody may ever write it.
    @Test func aNamedPipeIsNotWaitedFor() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString)").path
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        let error = #expect(throws: KafkaError.self) { try ConfigurationFile.read(path) }
        #expect(error?.description.contains("it is no regular file") == true && error?.description.contains("named pipe") == true)
    }
}
