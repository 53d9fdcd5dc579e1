import Seams
import NIOConcurrencyHelpers

/// Progress on standard error: one line that is redrawn on a terminal, a plain line per stage elsewhere if `--verbose` asks for it.
final class ProgressLine: Sendable {
    enum Mode: Sendable { case redrawn, lines, silent }

    private struct State {
        var stage = ""
        var drawn: Duration?
        var isDirty = false
    }

    private let shell: Shell
    private let mode: Mode
    private let state = NIOLockedValueBox(State())
    /// No redraw sooner than this after the last, so that a fast run does not spend its time on the terminal.
    private static let pace = Duration.milliseconds(80)

    init(_ shell: Shell, mode: Mode) {
        self.shell = shell
        self.mode = mode
    }

    /// `stage` is a short phrase ("reading topics"); `detail` changes often ("1,200 of 3,000").
    func show(_ stage: String, _ detail: String = "") {
        let text = Printable.escape(detail.isEmpty ? stage : "\(stage): \(detail)")
        switch mode {
        case .silent: return
        case .lines:
            let isNew = state.withLockedValue { state in
                defer { state.stage = stage }
                return state.stage != stage
            }
            if isNew { shell.remark(text) }
        case .redrawn:
            let now = shell.time.uptime()
            state.withLockedValue { state in
                let isNew = state.stage != stage
                if !isNew, let drawn = state.drawn, now - drawn < Self.pace { return }
                state.stage = stage
                state.drawn = now
                state.isDirty = true
                shell.errors.write("\r\u{1B}[2K" + shell.style(for: shell.errors)(text, .faint))
            }
        }
    }

    /// Takes the line away, so that what follows starts at the left.
    func clear() {
        state.withLockedValue { state in
            if state.isDirty { shell.errors.write("\r\u{1B}[2K") }
            state.isDirty = false
            state.stage = ""
        }
    }
}
