@testable import KafkaSimulator

extension SimulatedCluster {
    /// A quota of requests for every client, in percent of a broker's thread.
    func throttleEverybody(to percentage: Double) {
        withState { $0.quotas.set(.requestPercentage, percentage, of: QuotaEntity([.clientID: nil])) }
    }
}
