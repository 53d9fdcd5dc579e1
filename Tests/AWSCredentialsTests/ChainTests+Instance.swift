import LoopbackServer
import NIOConcurrencyHelpers
import Testing
import Web

@testable import AWSCredentials

/// The metadata service of an instance, and what stands where it would be.
extension ChainTests {
    @Test func theInstancesServiceIsAskedInTwoSteps() async throws {
        try await LoopbackServer.run({ request, _ in
            switch (request.method, request.uri) {
            case ("PUT", "/latest/api/token"):
                .init(200, request.header("X-aws-ec2-metadata-token-ttl-seconds") == "21600" ? "session" : "")
            case _ where request.header("X-aws-ec2-metadata-token") != "session": .init(401, "")
            case ("GET", "/latest/meta-data/iam/security-credentials/"): .init(200, "role-x")
            case ("GET", "/latest/meta-data/iam/security-credentials/role-x"): .init(200, Self.json)
            default: .init(404, "")
            }
        }) { server async throws in
            let here = ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url + "/"]
            #expect(try await chain(here).keys() == Self.expiring)
        }
        try await LoopbackServer.run({ request, _ in request.method == "PUT" ? .init(200, "s") : .init(404, "") }) { server async throws in
            let here = ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url]
            let error = await failure(chain(here))
            #expect(error?.cause.contains("no credentials") == true && error?.cause.contains("no role") == true)
            #expect(error?.isPassing == false)
        }
    }

    @Test func theInstancesServiceIsAskedAgainForItsToken() async throws {
        try await LoopbackServer.run({ request, before in
            switch request.method {
            case "PUT": before < 2 ? .init(503, "") : .init(200, "session")
            default: .init(200, request.uri.hasSuffix("/") ? "role-x" : Self.json)
            }
        }) { server async throws in
            let here = ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url]
            #expect(try await chain(here).keys() == Self.expiring)
            #expect(server.requests.map(\.method) == ["PUT", "PUT", "PUT", "GET", "GET"])
        }
    }

    @Test(arguments: [429, 500, 503]) func troubleOfTheInstancesServiceIsNoLackOfKeys(status: Int) async throws {
        try await LoopbackServer.run({ _, _ in .init(status, "") }) { server async throws in
            let here = ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url]
            let error = await failure(chain(here))
            #expect(error?.isPassing == true && error?.cause == "the instance's metadata service answers \(status)")
            #expect(server.requests.count == 4)
        }
    }

    /// Nobody is there, as on a machine that is no instance; or nobody answers, as to a container behind too few hops.
    struct Nobody: WebTransport {
        let asked = NIOLockedValueBox<[String]>([])
        func send(_ request: WebRequest) async throws(WebFailure) -> WebAnswer {
            asked.withLockedValue { $0.append(request.url) }
            throw WebFailure("nobody accepts the connection in time", isTransient: true)
        }
    }

    @Test(arguments: [
        ["/sys/class/dmi/id/sys_vendor": "Amazon EC2\n"], ["/sys/hypervisor/uuid": "ec2e1916-9099-7caf-fd21-012345abcdef\n"],
    ])
    func onAnInstanceASilentServiceIsTroubleThatMayPass(files: [String: String]) async throws {
        let web = Nobody()
        let error = await failure(chain(["AWS_EC2_METADATA_DISABLED": "false"], files: files, web: web))
        #expect(error?.isPassing == true && error?.hint.contains("hop limit") == true)
        #expect(error?.cause == "the instance's metadata service gives no answer: nobody accepts the connection in time")
        #expect(web.asked.withLockedValue { $0 } == Array(repeating: "http://169.254.169.254/latest/api/token", count: 4))
    }

    @Test func elsewhereItIsTheLastOfThePlacesWhereNoKeysWere() async throws {
        let error = await failure(
            chain(["AWS_EC2_METADATA_DISABLED": "false"], files: ["/sys/class/dmi/id/sys_vendor": "QEMU\n"], web: Nobody()))
        #expect(error?.isPassing == false)
        #expect(
            error?.cause
                == "no credentials of AWS were found: not in the environment, a web identity, the shared files or the container, and "
                + "the instance's metadata service gives no answer: nobody accepts the connection in time")
    }
}
