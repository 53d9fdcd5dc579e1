import Foundation
import Policies
import Subprocess
import Testing

@Suite struct ShippedPoliciesTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
    static let names = ["confluent-cloud", "development", "kubernetes", "msk-iam", "production"]

    @Test func theFolderHoldsTheseAndNoOther() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/policies").sorted()
        #expect(files == Self.names.map { "\($0).yaml" })
    }

    @Test(arguments: names)
    func eachIsReadAndHasASchedule(_ name: String) throws {
        let path = "\(Self.root)/policies/\(name).yaml"
        let policy = try PolicyFile.parse(String(contentsOfFile: path, encoding: .utf8), file: path)
        for cluster in policy.clusters {
            #expect(
                cluster.backup?.cadence.schedule != nil && cluster.retention?.cadence.schedule != nil
                    && cluster.check?.cadence.schedule != nil)
            // What is shipped shows how secrets are referred to.
            #expect(cluster.schemaRegistry?.password?.isWrittenOut != true)
        }
    }

    @Test func theReferenceIsGeneratedFromTheListing() throws {
        let page = try String(contentsOfFile: "\(Self.root)/docs/policy.md", encoding: .utf8)
        #expect(page.hasSuffix(PolicySchema.reference), "run `tidemark policy reference` and put it at the end of docs/policy.md")
    }

    @Test func anEditorsValidatorTakesThemAndRefusesWhatTheReaderRefuses() async throws {
        guard let python = ProcessInfo.processInfo.environment["TIDEMARK_PEERS_PYTHON"] else {
            Issue.record("TIDEMARK_PEERS_PYTHON is not set: run `make test`")
            return
        }
        let script = """
            import json, sys, yaml, jsonschema
            schema = json.load(sys.stdin)
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            root = sys.argv[1]
            for name in sys.argv[2:]:
                for error in validator.iter_errors(yaml.safe_load(open(f"{root}/policies/{name}.yaml"))):
                    print(name, error.json_path, error.message)
            good = {"version": 1, "clusters": [{"name": "a", "repository": "/r", "bootstrapServers": ["a:1"]}]}
            assert validator.is_valid(good)
            for change in [{"bakcup": {}}, {"backup": {"every": "1h", "schedule": "@daily"}}, {"check": {}}, {"retention": {"every": "1 day"}},
                           {"restore": {"existing": "overwrite"}}, {"notifications": [{}]}, {"name": "a b"}, {"backup": None}]:
                bad = json.loads(json.dumps(good))
                bad["clusters"][0].update(change)
                if validator.is_valid(bad): print("taken:", change)
            for bad in [{}, {"version": 2, "clusters": good["clusters"]}, {"version": 1, "clusters": []}, []]:
                if validator.is_valid(bad): print("taken:", bad)
            """
        let result = try await Subprocess.run(
            .path(.init(python)), arguments: Arguments(["-c", script, Self.root] + Self.names), input: .string(PolicySchema.text),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        #expect(result.standardOutput == "")
    }
}
