import Commands
import Glibc
import Host

// Composition only: the one place that hands the real clock, chance, environment and streams to the program.
StandardStream.occupyClosed()
let shell = Shell(
    time: HostTime(), chance: HostChance(), variables: StandardStream.environment, input: StandardInput(),
    output: StandardStream.output, errors: StandardStream.errors, signals: Interruption.Signals())
exit(await Interruption.guarding { await Program.run(Array(CommandLine.arguments.dropFirst()), in: shell) })
