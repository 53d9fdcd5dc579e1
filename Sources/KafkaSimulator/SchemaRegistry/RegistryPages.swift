/// How many elements the listings of Confluent's registry give at once, whatever `limit` asks for; what is left has to be asked
/// for with `offset`. Nothing in an answer says that it was cut.
public struct RegistryPages: Sendable, Equatable {
    /// `subject.search.max.limit`, from 7.9 on.
    public var subjects: Int
    /// `schema.search.max.limit`.
    public var schemas: Int

    /// The real one's own settings, unless others are given.
    public init(subjects: Int = 20_000, schemas: Int = 1000) {
        self.subjects = subjects
        self.schemas = schemas
    }
}
