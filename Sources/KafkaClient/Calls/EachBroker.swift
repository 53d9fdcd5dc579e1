import KafkaProtocol

extension KafkaClient {
    /// Runs `body` for every key at once and gathers what each gave or why it failed. Cancelled with the caller.
    func each<Key: Hashable & Sendable, Value: Sendable>(
        _ keys: [Key], _ body: @escaping @Sendable (Key) async throws(KafkaError) -> Value
    ) async -> [Key: Result<Value, KafkaError>] {
        await withTaskGroup(of: (Key, Result<Value, KafkaError>).self) { group in
            for key in keys {
                group.addTask {
                    do throws(KafkaError) {
                        return (key, .success(try await body(key)))
                    } catch {
                        return (key, .failure(error))
                    }
                }
            }
            var results: [Key: Result<Value, KafkaError>] = [:]
            for await (key, result) in group { results[key] = result }
            return results
        }
    }
}
