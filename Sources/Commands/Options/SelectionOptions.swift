import ArgumentParser
import Recovery

/// `--only` and `--except`.
struct SelectionOptions: ParsableArguments {
    @Option(
        name: .customLong("only"),
        help: ArgumentHelp(
            "Take only these: a kind, or a kind and a glob over its names. May be repeated.", valueName: "kind[:glob]"))
    var only: [String] = []

    @Option(
        name: .customLong("except"), help: ArgumentHelp("Leave these out, after --only. May be repeated.", valueName: "kind[:glob]"))
    var except: [String] = []

    func selection() throws -> Selection {
        Selection(only: try only.map { try Selection.Rule($0) }, except: try except.map { try Selection.Rule($0) })
    }
}
