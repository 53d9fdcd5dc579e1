import Policies
import Repository

extension PolicyRunner {
    func retention(_ cluster: ProtectedCluster, _ repository: Repository) async throws -> Ending {
        throw Failure("snapshots cannot be forgotten by this release", hint: "take retention out of the policy.", exitCode: 64)
    }
}
