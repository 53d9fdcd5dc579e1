import Recovery
import Resources
import Schedules
import Seams
import SnapshotModel

extension Term where Value == Duration {
    static func duration(_ range: ClosedRange<Duration> = .zero ... .seconds(1000 * 366 * 86_400)) -> Term {
        .scalar("duration", schema: .type("string", ["pattern": "^([0-9]+(ms|[wdhms]))+$"]), show: { .text($0.words) }) { text, _ in
            guard let duration = Duration(words: text) else {
                return .failure(Remark(message: "it is no duration", hint: "write one such as 30s, 15m, 6h, 1d or 1h30m."))
            }
            guard range.contains(duration) else {
                return .failure(
                    Remark(message: "it is out of bounds", hint: "write \(range.lowerBound.words) to \(range.upperBound.words)."))
            }
            return .success(duration)
        }
    }
}

extension Term where Value == Duration {
    /// How long something is kept.
    static func keeping(upTo most: Duration) -> Term {
        .scalar("duration in hours, days or weeks", schema: .type("string", ["pattern": "^([0-9]+[wdh])+$"]), show: { .text($0.words) }) {
            text, _ in
            guard let duration = Duration(keeping: text) else {
                return .failure(Remark(message: "it is no time to keep something for", hint: Duration.keepingHint))
            }
            guard duration > .zero, duration <= most else {
                return .failure(Remark(message: "it is out of bounds", hint: "write 1h to \(most.words)."))
            }
            return .success(duration)
        }
    }
}

extension Term where Value == CronExpression {
    static var cron: Term {
        Term.scalar("cron line", schema: .type("string"), show: { .text($0.description) }) { text, _ in
            do throws(ScheduleError) {
                return .success(try CronExpression(text))
            } catch {
                return .failure(Remark(message: error.message, hint: error.hint))
            }
        }
    }
}

extension Term where Value == ZoneClock {
    static var timeZone: Term {
        Term.scalar("time zone", schema: .type("string"), show: { .text($0.name) }) { text, _ in
            do throws(ScheduleError) {
                return .success(try ZoneClock(text))
            } catch {
                return .failure(Remark(message: error.message, hint: error.hint))
            }
        }
    }
}

extension Term where Value == SecretSource {
    /// What may be written as a reference, and is never shown.
    static var secret: Term {
        Term.scalar("secret", schema: .type("string", ["minLength": .integer(1)]), show: { .text($0.description) }) {
            text, findings in
            text.isEmpty
                ? .failure(Remark(message: "it is empty", hint: "write ${NAME} or file:/path, or leave out the key."))
                : .success(SecretSource(text, folder: findings.folder))
        }
    }

    /// A client property's value: a secret perhaps, or a number.
    static var property: Term {
        Term.scalar(
            "text", schema: .object(["type": .array(["string", "number", "boolean"])]), show: { .text($0.description) }
        ) { text, findings in .success(SecretSource(text, folder: findings.folder)) }
    }
}

extension Term where Value == Selection.Rule {
    static var rule: Term {
        Term.scalar("kind[:glob]", schema: .type("string", ["minLength": .integer(1)]), show: { .text($0.description) }) {
            text, _ in
            do throws(RecoveryError) {
                return .success(try Selection.Rule(text))
            } catch {
                return .failure(Remark(message: error.message, hint: error.hint))
            }
        }
    }
}

extension Term where Value == Renaming.Rule {
    static var rename: Term {
        Term.scalar(
            "old=new", schema: .type("string", ["pattern": "^[^=]+=.+$"]),
            show: { .text("\($0.from)=\($0.to)") }
        ) { text, _ in
            Renaming.Rule(text).map { .success($0) }
                ?? .failure(Remark(message: "it is not old=new, with at most one * on each side", hint: "for example shop.*=shop-eu.*."))
        }
    }
}

extension Term where Value == ListenAddress? {
    static var listen: Term {
        Term.scalar(
            "host:port, port, or off",
            schema: .object(["type": .array(["string", "integer"]), "pattern": "^(off|[0-9]{1,5}|.+:[0-9]{1,5})$"]),
            show: { .text($0?.description ?? "off") }
        ) { text, _ in
            if text == "off" { return .success(nil) }
            return ListenAddress(text).map { .success($0) }
                ?? .failure(
                    Remark(
                        message: "it is no host:port",
                        hint: "write 9464 or 127.0.0.1:9464 for this host alone, 0.0.0.0:9464 or [::]:9464 for everybody, or off."))
        }
    }
}

extension Term where Value == String {
    /// A repository: a URL as it is, or a path, of which a relative one is of the policy's folder.
    static var repository: Term {
        Term.scalar("location", schema: .type("string", ["minLength": .integer(1)]), show: { .text($0) }) {
            text, findings in
            guard !text.isEmpty else { return .failure(Remark(message: "it is empty", hint: "write the path of a directory.")) }
            return .success(text.contains("://") ? text : PolicyPath.resolve(text, in: findings.folder))
        }
    }
}
