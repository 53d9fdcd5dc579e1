import Schedules

extension BackupRules: PolicyRecord {
    static let title = "backup"
    static let summary =
        "What a snapshot holds and when one is taken. Without `schedule` and `every` the agent takes none; commands still go by the rest."

    mutating func list(_ keys: inout some KeyVisitor) {
        cadence.list(&keys, isRequired: false)
        keys.optional("timeLimit", &timeLimit, .limit, "A run that is not done then is given up and has failed.")
        keys.key("only", &only, .list(of: .rule), "Take only these.")
        keys.key("except", &except, .list(of: .rule), "Leave these out, after `only`.")
        keys.key("tags", &tags, .list(of: .text), "Words to find the snapshots by.")
        keys.key(
            "confirmUnchanged", &confirmUnchanged, .flag,
            "Whether a cluster that is as its newest snapshot of the same selection holds it (log ends, lag and members may have moved) gets a line in that snapshot's record in place of another snapshot; so does one of which just as little could be read as the last time."
        )
        keys.optional(
            "offsets", &offsets, .record(OffsetsRules.self),
            "A cadence of its own for the positions of consumer groups, between the whole snapshots.")
    }
}

extension OffsetsRules: PolicyRecord {
    static let title = "offsets"
    static let summary = "When positions of consumer groups are captured more often than the rest."

    mutating func list(_ keys: inout some KeyVisitor) {
        cadence.list(&keys, isRequired: true)
        keys.optional("timeLimit", &timeLimit, .limit, "A run that is not done then is given up and has failed.")
    }
}

extension CheckRules: PolicyRecord {
    static let title = "check"
    static let summary = "When `tidemark check` is run on the repository."

    mutating func list(_ keys: inout some KeyVisitor) {
        cadence.list(&keys, isRequired: true)
        keys.optional("timeLimit", &timeLimit, .limit, "A run that is not done then is given up and has failed.")
        keys.key("readData", &readData, .flag, "Whether every byte is read and compared with its hash.")
    }
}

extension Cadence {
    /// The keys of the record that it is part of.
    mutating func list(_ keys: inout some KeyVisitor, isRequired: Bool) {
        keys.optional(
            "schedule", &cron, .cron,
            "A cron line: minute, hour, day of the month, month, day of the week; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`."
        )
        keys.optional("every", &every, .duration(Schedule.periods), "A period in place of a cron line, counted from the epoch.")
        keys.key("timeZone", &timeZone, .timeZone, "Where the cron line's clock is, as in the IANA database.")
        keys.key(
            "jitter", &jitter, .duration(.zero...Schedule.longestJitter),
            "How much later it may begin; how much is settled by the cluster's name, so that many do not begin at once.")
        keys.oneOf(["schedule", "every"], isRequired: isRequired)
        keys.demand("jitter", misfit)
    }

    private var misfit: Remark? {
        guard let every, cron == nil else { return nil }
        do throws(ScheduleError) {
            _ = try Schedule(.every(every), jitter: jitter)
            return nil
        } catch {
            return Remark(message: error.message, hint: error.hint)
        }
    }
}

extension Term where Value == Duration {
    static var limit: Term {
        Term.duration(.seconds(1) ... .seconds(30 * 86_400))
    }
}
