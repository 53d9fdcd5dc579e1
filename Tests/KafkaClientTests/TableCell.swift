/// What a state makes of an event.
enum TableCell: Equatable {
    /// A reaction, in the words of the table's suite.
    case does(String)
    /// It may come, and changes nothing.
    case nothing(because: String)
    /// Nothing in the program or outside of it makes it come; the machine protests, and ends.
    case impossible(because: String)

    /// Nil for a reaction, which speaks for itself.
    var reason: String? {
        switch self {
        case .does: nil
        case .nothing(let reason), .impossible(let reason): reason
        }
    }
}
