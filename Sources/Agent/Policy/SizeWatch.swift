import NIOConcurrencyHelpers
import Repository
import Seams

/// Looks up how large repositories are, now and then: it takes a listing, which on a large one is many calls of the store.
final class SizeWatch: Sendable {
    private let lastLooks = NIOLockedValueBox<[String: Duration]>([:])
    static let pause = Duration.seconds(3600)

    /// Nil where it was looked up less than an hour ago, or cannot be: it is told beside the run, and fails no run.
    func size(of repository: Repository, of cluster: String, _ time: any TimeSource) async -> RepositorySize? {
        let now = time.uptime()
        let isDue = lastLooks.withLockedValue { looks in
            if let last = looks[cluster], now - last < Self.pause { return false }
            looks[cluster] = now
            return true
        }
        return isDue ? try? await repository.size() : nil
    }
}
