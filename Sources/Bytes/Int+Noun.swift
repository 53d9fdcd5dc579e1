extension Int {
    /// With its noun: `1 topic`, `2 topics`, `0 topics`.
    ///
    /// - Parameters:
    ///   - noun: in the singular.
    ///   - plural: where it is not `noun` with an s.
    public func counted(_ noun: String, _ plural: String? = nil) -> String { "\(self) \(self == 1 ? noun : plural ?? noun + "s")" }
}
