extension RetentionPlan: PolicyRecord {
    static let title = "retention"
    static let summary =
        "Which snapshots are kept. One that any rule keeps stays, and so does the last complete one whatever the rules say; `prune` then removes what no snapshot needs any more."

    mutating func list(_ keys: inout some KeyVisitor) {
        let count = Term<Int>.integer(1...100_000)
        cadence.list(&keys, isRequired: true)
        keys.optional("timeLimit", &timeLimit, .limit, "A run that is not done then is given up and has failed.")
        keys.optional("keepLast", &rules.last, count, "So many of the newest.")
        keys.optional("keepHourly", &rules.hourly, count, "The newest of each of so many hours that have one.")
        keys.optional("keepDaily", &rules.daily, count, "The newest of each of so many days.")
        keys.optional("keepWeekly", &rules.weekly, count, "The newest of each of so many weeks.")
        keys.optional("keepMonthly", &rules.monthly, count, "The newest of each of so many months.")
        keys.optional("keepYearly", &rules.yearly, count, "The newest of each of so many years.")
        keys.optional(
            "keepWithin", &rules.within, .keeping(upTo: .seconds(100 * 366 * 86_400)),
            "All that were taken, or last confirmed, so long before the newest was taken, or later.")
        keys.key("keepTags", &rules.tags, .list(of: .text), "All that carry one of these tags.")
        keys.key("prune", &prune, .flag, "Whether what no snapshot needs is removed as well.")
        keys.demand(
            "schedule",
            !rules.isEmpty ? nil : Remark(message: "no rule says what is kept", hint: "add keepLast, keepDaily or another of them."))
    }
}
