import Commands
import Foundation
import Glibc

/// Standard output or standard error, unbuffered.
struct StandardStreams: TextSink {
    static let output = StandardStreams(descriptor: STDOUT_FILENO)
    static let errors = StandardStreams(descriptor: STDERR_FILENO)
    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    let descriptor: Int32
    let isTerminal: Bool

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    /// A reader that went away (`| head`) is no error of ours.
    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written == 0 || errno != EINTR {
                return
            }
        }
    }
}

/// Standard input, read so that a signal at a prompt is heeded.
struct StandardInput: TextSource {
    let isTerminal = isatty(STDIN_FILENO) == 1

    func readLine() async throws -> String? {
        var line: [UInt8] = []
        while true {
            try Task.checkCancellation()
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 100) > 0 else {
                await Task.yield()
                continue
            }
            var byte: UInt8 = 0
            guard read(STDIN_FILENO, &byte, 1) == 1 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }
}
