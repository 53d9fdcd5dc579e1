import Commands
import Glibc
import Host

// Composition only: the one place that hands the real clock, chance, environment and streams to the program.
let shell = Shell(
    time: HostTime(), chance: HostChance(), variables: StandardStreams.environment, input: StandardInput(),
    output: StandardStreams.output, errors: StandardStreams.errors)
exit(await Interruption.guarding { await Program.run(Array(CommandLine.arguments.dropFirst()), in: shell) })
