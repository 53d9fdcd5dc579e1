/// Which earlier versions a new one must get along with.
enum RegistryLevel: String, CaseIterable {
    case none = "NONE"
    case backward = "BACKWARD"
    case backwardTransitive = "BACKWARD_TRANSITIVE"
    case forward = "FORWARD"
    case forwardTransitive = "FORWARD_TRANSITIVE"
    case full = "FULL"
    case fullTransitive = "FULL_TRANSITIVE"

    static let invalidMessage =
        "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, "
        + "forward_transitive, and full_transitive"

    var isTransitive: Bool { [.backwardTransitive, .forwardTransitive, .fullTransitive].contains(self) }
    private var readsOld: Bool { [.backward, .backwardTransitive, .full, .fullTransitive].contains(self) }
    private var isReadByOld: Bool { [.forward, .forwardTransitive, .full, .fullTransitive].contains(self) }

    /// What stands against putting `new` behind `old` at this level. Languages other than Avro are not compared.
    func check(
        _ new: StoredSchema, after old: StoredSchema, reading: SchemaReading, wording: AvroWording
    ) -> [AvroIncompatibility] {
        guard new.type == .avro, old.type == .avro, let newAvro = try? reading.avro(new), let oldAvro = try? reading.avro(old) else {
            return []
        }
        var found: [AvroIncompatibility] = []
        if readsOld { found += AvroCompatibility.check(reader: newAvro, writer: oldAvro, wording: wording) }
        if isReadByOld { found += AvroCompatibility.check(reader: oldAvro, writer: newAvro, wording: wording) }
        return found
    }
}
