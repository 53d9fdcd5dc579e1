import Repository

/// A notice on its way to one receiver.
struct Errand: Sendable {
    /// That it is to be told, as the repository has it.
    struct Note: Sendable {
        let turns: Turns
        var untold: Untold
    }

    let notice: Notice
    let receiver: Receiver
    /// Nil where the repository could not take it: then it is told all the same, unless the agent is killed meanwhile.
    var note: Note?

    /// One for each receiver that wants to hear of it, noted before anybody is told.
    static func all(_ notice: Notice, to receivers: [Receiver], _ turns: Turns?, by holder: String) async -> [Errand] {
        var errands: [Errand] = []
        for receiver in receivers where receiver.events.contains(notice.event) {
            var errand = Errand(notice: notice, receiver: receiver)
            if let turns, let untold = try? await turns.note(notice.json, for: receiver.name, by: holder) {
                errand.note = Note(turns: turns, untold: untold)
            }
            errands.append(errand)
        }
        return errands
    }

    /// It is not to be told, or was. A note that cannot be taken away is told again: better twice than not at all.
    func strike() async {
        guard let note else { return }
        try? await note.turns.told(note.untold)
    }
}
