import ArgumentParser
import Policies
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

    /// `policy`: what counts where neither option is given.
    func selection(_ policy: ProtectedCluster? = nil) throws -> Selection {
        if only.isEmpty, except.isEmpty, let backup = policy?.backup { return backup.selection }
        return Selection(
            only: try only.map { try Selection.Rule($0) }, except: try except.map { try Selection.Rule($0) })
    }
}
