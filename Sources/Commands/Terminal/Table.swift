/// Rows under headings, aligned. Cells are escaped here, at the last moment, so that no caller can forget it.
public struct Table: Sendable {
    public enum Alignment: Sendable { case left, right }

    public struct Column: Sendable {
        public var title: String
        public var alignment: Alignment

        public init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    public struct Cell: Sendable, ExpressibleByStringInterpolation {
        /// Printable text: what ``Printable`` made of it.
        let text: String
        let tone: Style.Tone

        /// `text` is escaped.
        public init(_ text: some StringProtocol, _ tone: Style.Tone = .plain) {
            self.text = Printable.escape(text)
            self.tone = tone
        }

        /// For text that ``Printable`` has been over already, such as a name that is not valid UTF-8.
        public init(printable: String, _ tone: Style.Tone = .plain) {
            text = printable
            self.tone = tone
        }

        public init(_ number: some BinaryInteger, _ tone: Style.Tone = .plain) { self.init(Units.count(Int(number)), tone) }
        public init(stringLiteral value: String) { self.init(value) }
    }

    public var columns: [Column]
    public private(set) var rows: [[Cell]] = []

    public init(_ columns: [Column]) { self.columns = columns }

    public init(_ titles: String...) { columns = titles.map { Column($0) } }

    public var isEmpty: Bool { rows.isEmpty }

    /// A row that is too short is filled up with empty cells, one that is too long loses nothing but its headings.
    public mutating func add(_ cells: [Cell]) { rows.append(cells) }
    public mutating func add(_ cells: Cell...) { rows.append(cells) }

    /// The lines, each two blanks apart between columns and without blanks at its end.
    public func render(_ style: Style) -> String {
        let header = columns.map { Cell($0.title.uppercased(), .faint) }
        let count = max(columns.count, rows.map(\.count).max() ?? 0)
        var widths = Array(repeating: 0, count: count)
        for row in [header] + rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], Printable.columns(cell.text)) }
        }
        return ([header] + rows).map { row in line(row, widths, style) }.joined()
    }

    private func line(_ row: [Cell], _ widths: [Int], _ style: Style) -> String {
        var line = ""
        for (index, cell) in row.enumerated() {
            let padding = String(repeating: " ", count: widths[index] - Printable.columns(cell.text))
            let text = style(cell.text, cell.tone)
            let isLast = index == row.count - 1
            switch index < columns.count ? columns[index].alignment : .left {
            case .left: line += text + (isLast ? "" : padding)
            case .right: line += padding + text
            }
            if !isLast { line += "  " }
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }
}
