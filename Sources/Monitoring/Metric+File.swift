extension Metric {
    public static let fileExitCode = Metric("tidemark_oneshot_exit_code", in: [.file], "The exit code of the run that left this file")
    public static let fileWritten = Metric("tidemark_oneshot_timestamp_seconds", in: [.file], "When that run ended")

    static let ofFile = [fileExitCode, fileWritten]
}
