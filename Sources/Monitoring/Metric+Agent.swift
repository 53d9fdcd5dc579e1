extension Metric {
    public static let buildInfo = Metric("tidemark_build_info", ["version"], "Always 1; the label says which release tells")
    public static let ready = Metric(
        "tidemark_agent_ready", in: [.agent], "Whether the policy is in force and it is known of every cluster when its jobs are due")
    public static let loopAge = Metric(
        "tidemark_agent_loop_age_seconds", in: [.agent], "How long ago the agent's loop last turned; it turns every 30 seconds at least")
    public static let lastSuccess = Metric(
        "tidemark_last_success_timestamp_seconds", ["cluster", "job"],
        "When the last run that ended well began, whoever ran it; absent where none is known")
    public static let lastSuccessAge = Metric(
        "tidemark_last_success_age_seconds", ["cluster", "job"], in: [.agent],
        "How long ago the last run that ended well began: measured, so that no clock that is set makes it wrong")
    public static let nextDue = Metric(
        "tidemark_next_due_timestamp_seconds", ["cluster", "job"], in: [.agent], "When the job is due next; absent where it never is")
    public static let failuresInARow = Metric(
        "tidemark_consecutive_failures", ["cluster", "job"], in: [.agent], "Runs in a row that did not end well")
    public static let missed = Metric(
        "tidemark_missed", ["cluster", "job"], in: [.agent], "Whether an occurrence and the one after it passed and nobody ran the job")
    public static let running = Metric("tidemark_running", ["cluster", "job"], in: [.agent], "Whether a run is under way")
    public static let runningDuration = Metric(
        "tidemark_running_duration_seconds", ["cluster", "job"], in: [.agent], "For how long the run under way has been so")
    public static let runs = Metric(
        "tidemark_runs_total", ["cluster", "job", "outcome"], sort: .counter, in: [.agent],
        "Runs since the agent began: succeeded, incomplete, failed, missed, or left out since another agent did it (by_other)")
    public static let lastExitCode = Metric(
        "tidemark_last_run_exit_code", ["cluster", "job"],
        "0 where the last run ended well, else the exit code that docs/cli.md has for its failure")
    public static let recoveryPoint = Metric(
        "tidemark_recovery_point_timestamp_seconds", ["cluster"],
        "The moment to which a restore of the last complete backup goes back: when its sweep began, or the last that found the cluster unchanged"
    )
    public static let recoveryPointAge = Metric(
        "tidemark_recovery_point_age_seconds", ["cluster"], in: [.agent], "How long ago that is, measured")

    static let ofAgent = [
        buildInfo, ready, loopAge, lastSuccess, lastSuccessAge, nextDue, failuresInARow, missed, running, runningDuration, runs,
        lastExitCode, recoveryPoint, recoveryPointAge,
    ]
}
