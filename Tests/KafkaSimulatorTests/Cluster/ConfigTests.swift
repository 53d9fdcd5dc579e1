import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Configs: sources, validation, dynamic changes")
struct ConfigTests {
    typealias Change = (name: ByteString, operation: Int8, value: ByteString?)

    static func alter(
        _ type: Int8, _ name: ByteString, _ changes: [Change], _ stage: inout BrokerStage, on broker: Int32? = nil
    ) throws -> (code: ErrorCode, message: ByteString?) {
        var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configs = changes.map { change in
            var config = IncrementalAlterConfigsRequest.AlterConfigsResource.AlterableConfig()
            config.name = change.name
            config.configOperation = change.operation
            config.value = change.value
            return config
        }
        var request = IncrementalAlterConfigsRequest()
        request.resources = [resource]
        let answer = try stage.call(IncrementalAlterConfigsHandler.self, request, on: broker)
        return (answer.responses[0].errorCode, answer.responses[0].errorMessage)
    }

    static func describe(
        _ type: Int8, _ name: ByteString, _ key: ByteString, _ stage: inout BrokerStage, on broker: Int32? = nil
    ) throws -> ConfigRow? {
        var resource = DescribeConfigsRequest.DescribeConfigsResource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configurationKeys = [key]
        var request = DescribeConfigsRequest()
        request.resources = [resource]
        request.includeSynonyms = true
        return try stage.call(DescribeConfigsHandler.self, request, on: broker).results[0].configs.first
    }

    // As Kafka 4.1.2 answered.
    @Test(
        "An empty list of keys asks for every config, as null does",
        arguments: [(2, "t"), (4, "1"), (8, "1"), (32, "g")] as [(Int8, ByteString)])
    func allKeys(type: Int8, name: ByteString) throws {
        var stage = BrokerStage()
        stage.plant("t")
        func configs(_ keys: [ByteString]?) throws -> [ByteString] {
            var resource = DescribeConfigsRequest.DescribeConfigsResource()
            (resource.resourceType, resource.resourceName, resource.configurationKeys) = (type, name, keys)
            var request = DescribeConfigsRequest()
            request.resources = [resource]
            return try stage.call(DescribeConfigsHandler.self, request, on: 1).results[0].configs.map(\.name)
        }
        let all = try configs(nil)
        #expect(all.count > 3)
        #expect(try configs([]) == all)
        #expect(try configs([all[0]]) == [all[0]])
        #expect(try configs(["no.such"]) == [])
    }

    // Words and codes as a live Kafka 4.1.1 gave them.
    @Test(
        "Values that a topic cannot have, in the broker's words",
        arguments: [
            ("segment.bytes", "1000", "Invalid value 1000 for configuration segment.bytes: Value must be at least 1048576"),
            ("retention.ms", "-5", "Invalid value -5 for configuration retention.ms: Value must be at least -1"),
            (
                "min.cleanable.dirty.ratio", "1.5",
                "Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more than 1"
            ),
            (
                "cleanup.policy", "foo",
                "Invalid value foo for configuration cleanup.policy: String must be one of: compact, delete"
            ),
            (
                "preallocate", "maybe",
                "Invalid value maybe for configuration preallocate: Expected value to be either true or false"
            ),
            (
                "compression.gzip.level", "0",
                "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1"
            ),
            (
                "max.message.bytes", "99999999999",
                "Invalid value 99999999999 for configuration max.message.bytes: Not a number of type INT"
            ),
            (
                "remote.storage.enable", "true",
                "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage."
            ),
            ("no.such.config", "1", "Unknown topic config name: no.such.config"),
        ])
    func topicFlaws(name: String, value: String, words: String) throws {
        var stage = BrokerStage()
        stage.plant("orders")
        let answer = try Self.alter(2, "orders", [(ByteString(name), 0, ByteString(value))], &stage)
        #expect(answer.code == .invalidConfig)
        #expect(answer.message?.description == words)
        #expect(stage.state.topics["orders"]?.configs.isEmpty == true)
    }

    @Test("A topic's value comes from itself, else its broker, else the cluster, else the file, else Kafka; synonyms tell them all")
    func layers() throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerProperties = ["message.max.bytes": "1"]
        var stage = BrokerStage(configuration)
        stage.plant("orders")
        func row() throws -> (value: ByteString?, source: Int8, synonyms: [Int8]) {
            let row = try #require(try Self.describe(2, "orders", "max.message.bytes", &stage))
            return (row.value, row.configSource, row.synonyms.map(\.source))
        }
        var seen = try row()
        #expect(seen.value == "1" && seen.source == 4 && seen.synonyms == [4, 5])
        _ = try Self.alter(4, "", [("message.max.bytes", 0, "2")], &stage)
        seen = try row()
        #expect(seen.value == "2" && seen.source == 3 && seen.synonyms == [3, 4, 5])
        _ = try Self.alter(4, "1", [("message.max.bytes", 0, "3")], &stage)
        seen = try row()
        #expect(seen.value == "3" && seen.source == 2 && seen.synonyms == [2, 3, 4, 5])
        _ = try Self.alter(2, "orders", [("max.message.bytes", 0, "4")], &stage)
        seen = try row()
        #expect(seen.value == "4" && seen.source == 1 && seen.synonyms == [1, 2, 3, 4, 5])
        _ = try Self.alter(2, "orders", [("max.message.bytes", 1, nil)], &stage)
        seen = try row()
        #expect(seen.source == 2)
        // Another broker has not got the first one's own value.
        let other = try #require(try Self.describe(2, "orders", "max.message.bytes", &stage, on: 2))
        #expect(other.value == "2" && other.configSource == 3)
    }

    @Test("Threads may double or halve, no more; another broker's configs, read-only and security configs are refused")
    func brokerRefusals() throws {
        var stage = BrokerStage()
        func refusal(_ name: ByteString, _ value: ByteString, of resource: ByteString = "1") throws -> String {
            let answer = try Self.alter(4, resource, [(name, 0, value)], &stage)
            return "\(answer.code.rawValue) \(answer.message ?? "")"
        }
        let wrap = { (why: String) in
            "42 Invalid value org.apache.kafka.common.config.ConfigException: \(why) for configuration Invalid dynamic configuration"
        }
        let pool = "Dynamic thread count update validation failed for num.io.threads"
        #expect(try refusal("num.io.threads", "17") == wrap("\(pool)=17, value should not be greater than double the current value 8"))
        #expect(try refusal("num.io.threads", "3") == wrap("\(pool)=3, value should be at least half the current value 8"))
        #expect(try refusal("num.io.threads", "16") == "0 ")
        #expect(try refusal("num.io.threads", "32") == "0 ")
        #expect(
            try refusal("log.cleaner.threads", "5")
                == wrap("Log cleaner threads cannot be increased to more than double the current value 1"))
        #expect(try refusal("num.io.threads", "8", of: "7") == "42 Unexpected broker id, expected 1, but received 7")
        #expect(try refusal("log.dirs", "/x") == "42 Cannot update these configs dynamically: Set(log.dirs)")
        #expect(
            try refusal("listeners", "PLAINTEXT://:1", of: "")
                == "42 Cannot update these configs at default cluster level, broker id must be specified: Set(listeners)")
    }

    @Test("An unknown broker config is taken and never shown; a secret one is shown as null")
    func unknownAndSecret() throws {
        var stage = BrokerStage()
        #expect(try Self.alter(4, "1", [("no.such.broker.config", 0, "x")], &stage).code == .none)
        #expect(try Self.describe(4, "1", "no.such.broker.config", &stage) == nil)
        stage.state.configs.brokers[1, default: [:]]["ssl.key.password"] = "secret"
        let row = try #require(try Self.describe(4, "1", "ssl.key.password", &stage))
        #expect(row.isSensitive && row.value == nil && row.synonyms.allSatisfy { $0.value == nil })
    }

    @Test("min.insync.replicas: the cluster sets it itself, a broker may not, and nobody removes it")
    func minimumInSync() throws {
        var stage = BrokerStage()
        let row = try #require(try Self.describe(4, "", "min.insync.replicas", &stage))
        #expect(row.value == "1" && row.configSource == 3)
        #expect(try Self.alter(4, "1", [("min.insync.replicas", 0, "2")], &stage).code == .invalidConfig)
        #expect(try Self.alter(4, "", [("min.insync.replicas", 1, nil)], &stage).code == .invalidConfig)
        #expect(try Self.alter(4, "", [("min.insync.replicas", 0, "2")], &stage).code == .none)
    }

    @Test("Lists are appended to and subtracted from, without doubles; other types are not")
    func lists() throws {
        var stage = BrokerStage()
        stage.plant("orders")
        for _ in 0..<2 { _ = try Self.alter(2, "orders", [("cleanup.policy", 2, "compact")], &stage) }
        #expect(stage.state.topics["orders"]?.configs["cleanup.policy"] == "delete,compact")
        _ = try Self.alter(2, "orders", [("cleanup.policy", 3, "delete")], &stage)
        #expect(stage.state.topics["orders"]?.configs["cleanup.policy"] == "compact")
        let refused = try Self.alter(2, "orders", [("retention.ms", 2, "1")], &stage)
        #expect(refused.message == "Can't APPEND to key retention.ms because its type is not LIST.")
    }

    @Test("Values are shown as they were understood: lists without blanks, booleans in small letters")
    func normalForms() throws {
        var stage = BrokerStage()
        stage.plant("orders", configs: ["cleanup.policy": " compact , delete", "preallocate": "TRUE"])
        #expect(try Self.describe(2, "orders", "cleanup.policy", &stage)?.value == "compact,delete")
        #expect(try Self.describe(2, "orders", "preallocate", &stage)?.value == "true")
    }

    @Test("Groups and client metrics bear configs within their brokers' limits, and are listed once they do")
    func groupsAndMetrics() throws {
        var stage = BrokerStage()
        #expect(try Self.alter(32, "crew", [("consumer.session.timeout.ms", 0, "50000")], &stage).code == .none)
        let low = try Self.alter(32, "crew", [("consumer.session.timeout.ms", 0, "5")], &stage)
        #expect(
            low.message
                == "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms")
        #expect(try Self.alter(32, "", [("consumer.session.timeout.ms", 0, "50000")], &stage).code == .invalidRequest)
        #expect(try Self.alter(16, "all", [("interval.ms", 0, "5000")], &stage).code == .none)
        #expect(try Self.alter(16, "all", [("match", 0, "nonsense")], &stage).code == .invalidConfig)
        let listed = try stage.call(ListConfigResourcesHandler.self, ListConfigResourcesRequest())
        #expect(listed.configResources.map(\.resourceType) == [32, 16, 8, 8, 8, 4, 4, 4])
        #expect(try Self.describe(32, "crew", "consumer.session.timeout.ms", &stage)?.configSource == 8)
        #expect(try Self.describe(16, "all", "interval.ms", &stage)?.configSource == 7)
    }
}
