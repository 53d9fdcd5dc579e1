import Commands
import Foundation
import Glibc
import Synchronization

/// Standard output or standard error, unbuffered.
final class StandardStream: TextSink {
    static let output = StandardStream(descriptor: STDOUT_FILENO)
    static let errors = StandardStream(descriptor: STDERR_FILENO)
    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    let descriptor: Int32
    let isTerminal: Bool
    /// `errno` of the first write that failed.
    private let firstFailure = Atomic<Int32>(0)

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    /// A standard descriptor that is closed would be given to the next file that is opened, and answers be written into it. A
    /// place that cannot be written (or, for input, is at its end) is put there instead.
    static func occupyClosed() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is given, which is this one.
            _ = open("/dev/null", O_RDONLY)
        }
    }

    var failure: SinkFailure? {
        switch firstFailure.load(ordering: .relaxed) {
        case 0: nil
        case EPIPE: .closed
        case let number: .refused(String(cString: strerror(number)))
        }
    }

    func write(_ text: String) {
        guard firstFailure.load(ordering: .relaxed) == 0 else { return }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0, errno == EAGAIN {
                // Somebody who shares the pipe made it non-blocking.
                var full = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&full, 1, -1)
            } else if written == 0 || errno != EINTR {
                firstFailure.store(written == 0 ? EIO : errno, ordering: .relaxed)
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
