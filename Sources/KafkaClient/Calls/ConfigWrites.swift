public import Bytes
import KafkaProtocol

/// Changes to one resource's configs. What is not named stays as it is.
public struct ConfigChange: Sendable, Equatable {
    public enum Operation: Sendable, Equatable {
        case set(ByteString)
        /// Back to what it inherits.
        case delete
        /// Adds to a list what it does not hold yet.
        case append(ByteString)
        case subtract(ByteString)
    }

    public var resource: ConfigResource
    public var operations: [ByteString: Operation]

    public init(_ resource: ConfigResource, _ operations: [ByteString: Operation]) {
        self.resource = resource
        self.operations = operations
    }
}

extension KafkaClient {
    /// Changes configs by IncrementalAlterConfigs: a broker's own at that very broker, all others at the controller; within
    /// 10,000 changes a call. Read back what was written: an unknown key of a broker is accepted and vanishes.
    public func alterConfigs(
        _ changes: [ConfigChange], validateOnly: Bool = false
    ) async throws(KafkaError) -> [ConfigResource: WriteResult] {
        var results: [ConfigResource: WriteResult] = [:]
        let byOwner = Dictionary(grouping: changes, by: \.resource.owner)
        for (owner, changes) in byOwner.sorted(by: { ($0.key ?? .min) < ($1.key ?? .min) }) {
            let batches = batches(changes, (Self.writeLimit, { max(1, $0.operations.count) }), (Self.topicsPerCall, { _ in 1 }))
            do throws(KafkaError) {
                let part = try await write(batches, key: \.resource) { (batch) async throws(KafkaError) in
                    try await alter(batch, at: owner.map { .broker($0) } ?? .controller, validateOnly: validateOnly)
                }
                results.merge(part) { first, _ in first }
            } catch {
                if results.isEmpty, byOwner.count == 1 { throw error }
                for change in changes { results[change.resource] = .failed(error) }
            }
        }
        return results
    }

    private func alter(
        _ changes: [ConfigChange], at destination: Destination, validateOnly: Bool
    ) async throws(KafkaError) -> [ConfigResource: WriteResult] {
        var request = IncrementalAlterConfigsRequest()
        request.validateOnly = validateOnly
        request.resources = changes.map { change in
            var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
            resource.resourceType = change.resource.type.rawValue
            resource.resourceName = change.resource.name
            resource.configs = change.operations.sorted { $0.key < $1.key }.map(
                IncrementalAlterConfigsRequest.AlterConfigsResource.AlterableConfig.init)
            return resource
        }
        let answer = try await send(request, to: destination, failure: { $0.responses.map(\.errorCode).notController })
        return answer.responses.filter { ConfigResource.Kind(rawValue: $0.resourceType) != nil }.results {
            (ConfigResource(ConfigResource.Kind(rawValue: $0.resourceType) ?? .topic, $0.resourceName), $0.errorCode, $0.errorMessage)
        }
    }
}

extension IncrementalAlterConfigsRequest.AlterConfigsResource.AlterableConfig {
    init(_ name: ByteString, _ operation: ConfigChange.Operation) {
        self.init()
        self.name = name
        switch operation {
        case .set(let text): (configOperation, value) = (0, text)
        case .delete: configOperation = 1
        case .append(let text): (configOperation, value) = (2, text)
        case .subtract(let text): (configOperation, value) = (3, text)
        }
    }
}
