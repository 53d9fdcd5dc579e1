public import ArgumentParser
import Policies
import Recovery
public import Resources

/// What `plan` and `restore` let an operator choose.
struct RestoreChoices: ParsableArguments {
    @OptionGroup var selection: SelectionOptions

    @Option(
        name: .customLong("rename"),
        help: ArgumentHelp("Gives topics other names; one * on both sides stands for the same text. May be repeated.", valueName: "old=new")
    )
    var renames: [String] = []

    @Option(help: ArgumentHelp("Overrides the replication factor of every topic.", valueName: "number"))
    var replicationFactor: Int16?

    @Option(
        help: ArgumentHelp("What to do about what the target already has: validate (as without it), update or fail.", valueName: "policy"))
    var existing: ExistingPolicy?

    @Option(
        name: .customLong("stage"),
        help: ArgumentHelp("One stage alone: cluster, topics, schemas, offsets or validate. May be repeated.", valueName: "stage"))
    var stages: [Stage] = []

    @Option(
        help: ArgumentHelp(
            "Where consumer groups stand: exact, bounded, start or none. Required where the target's topics are empty.",
            valueName: "mode"))
    var offsets: OffsetMode?

    @Option(help: ArgumentHelp("Broker ids of the snapshot and of the target.", valueName: "1=101,2=102"))
    var brokerMap: String?

    @Flag(help: "Lets the target be the cluster that the snapshot was taken of.")
    var allowSameCluster = false

    /// Whether the operator asked only whether the target is as the snapshot.
    var isValidationAlone: Bool { Set(stages) == [.validate] }

    func validate() throws {
        if stages.contains(.preflight) { throw ValidationError("the stages are cluster, topics, schemas, offsets and validate.") }
        if let replicationFactor, replicationFactor < 1 { throw ValidationError("--replication-factor must be 1 or more.") }
    }

    /// `policy`: what counts where no option says otherwise.
    func options(_ policy: ProtectedCluster? = nil) throws -> RestoreOptions {
        let usual = policy?.restore ?? RestoreDefaults()
        var options = RestoreOptions()
        options.selection = try selection.selection()
        options.renames = renames.isEmpty ? Renaming(usual.renames) : Renaming(try renames.map(Self.rename))
        options.replicationFactor = replicationFactor ?? usual.replicationFactor
        // Differences are what validating looks for, so they must not be conflicts.
        options.existing = isValidationAlone ? .update : existing ?? usual.existing ?? .validate
        // What a stage did is always proved by observing again.
        options.stages = stages.isEmpty || isValidationAlone ? Set(Stage.allCases) : Set(stages).union([.validate])
        // Where nothing is to be changed there is nothing to choose: positions are compared as they are, whatever a policy's restores do.
        options.offsets = offsets ?? (isValidationAlone ? .exact : usual.offsets)
        options.brokerMap = try brokerMap.map(Self.brokers) ?? usual.brokerMap
        options.allowSameCluster = allowSameCluster || isValidationAlone
        return options
    }

    private static func rename(_ text: String) throws -> Renaming.Rule {
        guard let rule = Renaming.Rule(text) else {
            throw UsageError(
                "--rename \(text) is not old=new, with at most one * on each side",
                hint: "for example --rename orders=orders-restored, or --rename 'shop.*=shop-eu.*'.")
        }
        return rule
    }

    private static func brokers(_ text: String) throws -> [Int32: Int32] {
        var map: [Int32: Int32] = [:]
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = pair.split(separator: "=", omittingEmptySubsequences: false).map { Int32($0) }
            guard sides.count == 2, let from = sides[0], let to = sides[1], from >= 0, to >= 0, map.updateValue(to, forKey: from) == nil
            else {
                throw UsageError(
                    "--broker-map \(text) is not a list of pairs of broker ids, each of the snapshot's once",
                    hint: "for example --broker-map 1=101,2=102,3=103.")
            }
        }
        return map
    }
}

extension ExistingPolicy: ExpressibleByArgument {}
extension OffsetMode: ExpressibleByArgument {}
extension Stage: ExpressibleByArgument {
    public static var allValueStrings: [String] { allCases.filter { $0 != .preflight }.map(\.rawValue) }
}
