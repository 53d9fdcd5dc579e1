/// What this program is.
public enum Release {
    public static let name = "tidemark"
    /// Semantic versioning; CHANGELOG.md says what each brought.
    public static let version = "0.1.0"
}
