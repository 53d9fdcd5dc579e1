import Bytes
import Foundation
import Subprocess
import Testing

@testable import Monitoring

@Suite struct ExpositionTests {
    static let samples = [
        Sample(.lastSuccess, ["prod", "backup"], 1_764_165_983.125), Sample(.buildInfo, ["1.2.3"], 1),
        Sample(.runs, ["prod", "backup", "succeeded"], 12), Sample(.runs, ["prod", "backup", "failed"], 0),
        Sample(.lastSuccess, ["prod", "offsets"], 1_764_165_900),
        Sample(.backupDuration, ["prod", "backup"], Duration.microseconds(1_500_001)),
        Sample(.writtenBytes, ["prod", "backup"], 1 << 40),
    ]

    private func text(_ samples: [Sample], _ format: Exposition.Format = .prometheus) -> String {
        String(decoding: Exposition.render(samples, as: format), as: UTF8.self)
    }

    @Test("the older format, byte for byte")
    func prometheus() {
        #expect(
            text(Self.samples) == """
                # HELP tidemark_build_info Always 1; the label says which release tells
                # TYPE tidemark_build_info gauge
                tidemark_build_info{version="1.2.3"} 1
                # HELP tidemark_last_success_timestamp_seconds When the last run that ended well began, whoever ran it; absent where none is known
                # TYPE tidemark_last_success_timestamp_seconds gauge
                tidemark_last_success_timestamp_seconds{cluster="prod",job="backup"} 1764165983.125
                tidemark_last_success_timestamp_seconds{cluster="prod",job="offsets"} 1764165900
                # HELP tidemark_runs_total Runs since the agent began: succeeded, incomplete, failed, missed, or left out since another agent did it (by_other)
                # TYPE tidemark_runs_total counter
                tidemark_runs_total{cluster="prod",job="backup",outcome="failed"} 0
                tidemark_runs_total{cluster="prod",job="backup",outcome="succeeded"} 12
                # HELP tidemark_backup_duration_seconds How long the last backup took
                # TYPE tidemark_backup_duration_seconds gauge
                tidemark_backup_duration_seconds{cluster="prod",job="backup"} 1.500001
                # HELP tidemark_backup_written_bytes Stored bytes of the objects that it wrote
                # TYPE tidemark_backup_written_bytes gauge
                tidemark_backup_written_bytes{cluster="prod",job="backup"} 1099511627776

                """)
    }

    @Test("OpenMetrics has units, counters' families without their suffix, and an end")
    func openMetrics() {
        #expect(
            text(Array(Self.samples[1...3]) + [Self.samples[5]], .openMetrics) == """
                # HELP tidemark_build_info Always 1; the label says which release tells
                # TYPE tidemark_build_info gauge
                tidemark_build_info{version="1.2.3"} 1
                # HELP tidemark_runs Runs since the agent began: succeeded, incomplete, failed, missed, or left out since another agent did it (by_other)
                # TYPE tidemark_runs counter
                tidemark_runs_total{cluster="prod",job="backup",outcome="failed"} 0
                tidemark_runs_total{cluster="prod",job="backup",outcome="succeeded"} 12
                # HELP tidemark_backup_duration_seconds How long the last backup took
                # TYPE tidemark_backup_duration_seconds gauge
                # UNIT tidemark_backup_duration_seconds seconds
                tidemark_backup_duration_seconds{cluster="prod",job="backup"} 1.500001
                # EOF

                """)
        #expect(text([], .openMetrics) == "# EOF\n")
    }

    @Test("labels escape backslash, quote and line feed, and nothing else; what is not UTF-8 is spelled out, once")
    func escapes() {
        let groups: [ByteString] = [
            #"a\b"#, #"say "hi""#, "two\nlines", "tab\tcr\r", "cafe\u{301}", "café", ByteString(bytes: [0x67, 0xff]), #"g\xff"#, "", "{},=",
        ]
        let rows = text(groups.map { Sample(.consumerLagMax, ["c", $0], 1) }).split(separator: "\n", omittingEmptySubsequences: true)
            .filter { !$0.hasPrefix("#") }.map { Array($0.utf8) }
        let expected = [
            #"a\\b"#, #"say \"hi\""#, #"two\nlines"#, "tab\tcr\r", "cafe\u{301}", "café", #"g\\xff"#, "", "{},=",
        ].map { Array(#"kafka_consumer_lag_max{cluster="c",consumer_group=""#.utf8) + Array($0.utf8) + Array(#""} 1"#.utf8) }
        #expect(
            Set(rows) == Set(expected) && rows.count == expected.count, "bytes that look like an escaped name make no second series of it")
    }

    @Test func helpIsEscapedAsEachFormatHasIt() {
        let metric = Metric("x", [], "a \"word\", a \\ and\na line")
        let sample = Sample(metric, 1)
        #expect(Exposition.help(metric.help, .prometheus) == #"a "word", a \\ and\na line"#)
        #expect(Exposition.help(metric.help, .openMetrics) == #"a \"word\", a \\ and\na line"#)
        #expect(text([sample]).isEmpty, "what is not listed is not told")
    }

    @Test func numbersAreReadBackAsTheyWere() {
        for value in [0, -0.0, 1, -1, 0.1, 1e-7, 1e21, 123_456_789.123, 9_007_199_254_740_992, .greatestFiniteMagnitude] {
            #expect(Double(Exposition.number(value)) == value)
        }
        #expect([Double.nan, .infinity, -.infinity].map(Exposition.number) == ["NaN", "+Inf", "-Inf"])
        #expect(Exposition.number(1_764_165_983) == "1764165983")
    }

    @Test(
        arguments: [
            (nil, Exposition.Format.prometheus), ("*/*", .prometheus), ("text/html", .prometheus),
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5",
                .openMetrics
            ),
            (
                "application/openmetrics-text; version=1.0.0; escaping=allow-utf-8; q=0.5, text/plain;version=1.0.0;q=0.9, */*;q=0.1",
                .openMetrics
            ),
            ("application/openmetrics-text;version=0.0.1", .prometheus), ("text/plain, application/openmetrics-text;q=0.3", .prometheus),
            ("application/openmetrics-text;q=0", .prometheus), (";;q=,,=", .prometheus),
        ] as [(String?, Exposition.Format)])
    func scrapersGetWhatTheyLikeBest(_ accept: String?, _ expected: Exposition.Format) {
        #expect(Exposition.Format.preferred(by: accept) == expected)
    }

    @Test("what is told can be read back, line by line")
    func readBack() {
        let samples = Metric.all.map { metric in Sample(metric, metric.labels.map { ByteString("\($0) \"\\ \n,}{ é") }, 1.5) }
        let lines = Exposition.render(samples).split(separator: 0x0a)
        #expect(lines.compactMap { Sample(line: $0) } == samples)
        for line in [
            "", "x 1", "tidemark_agent_ready", "tidemark_agent_ready x", "tidemark_backup_gaps{cluster=\"a\"} 1", "tidemark_backup_gaps 1",
            "tidemark_backup_gaps{cluster=\"a\",job=\"b\\", "tidemark_backup_gaps{cluster=\"a\",job=\"b\" 1",
        ] {
            #expect(Sample(line: line.utf8) == nil, "\(line)")
        }
    }

    @Test("Prometheus' own tool takes all of it, and finds nothing to better")
    func promtool() async throws {
        let samples = Metric.all.map { Sample($0, $0.labels.map { _ in "x\"\\\n" }, 0.5) }
        let result = try await Subprocess.run(
            .name("promtool"), arguments: ["check", "metrics"], input: .string(text(samples)), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        #expect(result.terminationStatus.isSuccess, "\(result.standardOutput)\(result.standardError)")
        #expect(result.standardOutput == "" && result.standardError == "", "promtool of Debian's package prometheus: `make peers`")
    }
}
