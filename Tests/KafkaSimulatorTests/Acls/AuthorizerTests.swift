import Bytes
import Testing

@testable import KafkaSimulator

@Suite("Who may do what")
struct AuthorizerTests {
    static let alice = AclCaller(principal: "User:alice", host: "10.0.0.1")

    static func rule(
        _ permission: AclPermission, _ operation: AclOperation, _ name: ByteString, kind: AclPatternType = .literal,
        type: AclResourceType = .topic, principal: ByteString = "User:alice", host: ByteString = "*"
    ) -> AclBinding {
        AclBinding(
            pattern: AclPattern(type: type, kind: kind, name: name),
            entry: AclEntry(principal: principal, host: host, operation: operation, permission: permission))
    }

    static func authorizer(_ rules: [AclBinding], open: Bool = false) -> Authorizer {
        var authorizer = Authorizer(superUsers: ["User:admin"], allowsEveryoneWithoutAcl: open)
        for rule in rules { authorizer.store.add(rule) }
        return authorizer
    }

    @Test("A literal rule covers its name, a prefixed one every name that begins so, * every name")
    func patterns() {
        let rules = Self.authorizer([
            Self.rule(.allow, .read, "orders"), Self.rule(.allow, .read, "pay", kind: .prefixed),
            Self.rule(.allow, .read, "*", type: .group), Self.rule(.allow, .read, "*", kind: .prefixed),
        ])
        for (name, may) in [
            ("orders", true), ("orders2", false), ("pay", true), ("payments", true), ("pa", false), ("*x", true), ("x", false),
        ] {
            #expect(rules.allows(Self.alice, .read, .topic, ByteString(name)) == may, "\(name)")
        }
        #expect(rules.allows(Self.alice, .read, .group, "any"))
        #expect(!rules.allows(Self.alice, .write, .topic, "orders"))
    }

    @Test("A rule that denies decides, whatever allows; it denies its own operation alone")
    func denied() {
        let rules = Self.authorizer([
            Self.rule(.allow, .all, "*"), Self.rule(.deny, .read, "secret-", kind: .prefixed),
            Self.rule(.deny, .all, "closed", principal: "User:*"),
        ])
        #expect(!rules.allows(Self.alice, .read, .topic, "secret-1"))
        #expect(rules.allows(Self.alice, .describe, .topic, "secret-1"))
        #expect(rules.allows(Self.alice, .write, .topic, "secret-1"))
        #expect(!rules.allows(Self.alice, .describe, .topic, "closed"))
    }

    @Test("Allowed operations bring others along: a table", arguments: AclOperation.allowable)
    func implied(allowed: AclOperation) {
        let rules = Self.authorizer([Self.rule(.allow, allowed, "t")])
        for asked in AclOperation.allowable where asked != .all {
            let implied =
                switch asked {
                case .describe: [.all, .describe, .read, .write, .delete, .alter].contains(allowed)
                case .describeConfigs: [.all, .describeConfigs, .alterConfigs].contains(allowed)
                default: allowed == .all || allowed == asked
                }
            #expect(rules.allows(Self.alice, asked, .topic, "t") == implied, "\(allowed) → \(asked)")
        }
    }

    @Test("Hosts and principals: an address, all of them, everybody; the type of a principal counts")
    func callers() {
        let rules = Self.authorizer([
            Self.rule(.allow, .read, "here", host: "10.0.0.1"), Self.rule(.allow, .read, "there", host: "10.0.0.2"),
            Self.rule(.allow, .read, "all", principal: "User:*"), Self.rule(.allow, .read, "team", principal: "Group:alice"),
        ])
        #expect(["here", "there", "all", "team"].map { rules.allows(Self.alice, .read, .topic, $0) } == [true, false, true, false])
    }

    @Test("Super users may everything, whatever denies")
    func superUsers() {
        let rules = Self.authorizer([Self.rule(.deny, .all, "*", principal: "User:*")])
        #expect(rules.allows(AclCaller(principal: "User:admin", host: "1.1.1.1"), .delete, .topic, "t"))
        #expect(!rules.allows(AclCaller(principal: "User:Admin", host: "1.1.1.1"), .delete, .topic, "t"))
    }

    @Test("What no rule covers is open or closed as the setting says; any rule, for whomever, closes it for the others")
    func withoutRules() {
        for open in [true, false] {
            var rules = Self.authorizer([], open: open)
            #expect(rules.allows(Self.alice, .read, .topic, "t") == open)
            let other = Self.rule(.allow, .read, "t", principal: "User:bob")
            rules.store.add(other)
            #expect(!rules.allows(Self.alice, .read, .topic, "t"))
            #expect(rules.allows(Self.alice, .read, .topic, "u") == open)
            rules.store.remove(other)
            #expect(rules.allows(Self.alice, .read, .topic, "t") == open)
        }
    }

    @Test("Any topic at all: allowed by one rule that no denial dominates")
    func anyResource() {
        let allow = Self.rule(.allow, .write, "a-", kind: .prefixed)
        func may(_ rules: AclBinding...) -> Bool { Self.authorizer(rules).allowsAny(Self.alice, .write, .topic) }
        #expect(may(allow))
        #expect(may(allow, Self.rule(.deny, .write, "a-1")))
        #expect(may(allow, Self.rule(.deny, .write, "a-1", kind: .prefixed)))
        #expect(!may(allow, Self.rule(.deny, .write, "a", kind: .prefixed)))
        #expect(!may(allow, Self.rule(.deny, .write, "*")))
        #expect(!may(Self.rule(.allow, .write, "t"), Self.rule(.deny, .all, "t")))
        #expect(!may(Self.rule(.allow, .read, "t")))
        #expect(!may())
        #expect(Self.authorizer([], open: true).allowsAny(Self.alice, .write, .topic))
    }

    @Test("Filters: any, match, literal and prefixed, with and without a name")
    func filters() {
        let rules = [
            Self.rule(.allow, .read, "pay"), Self.rule(.allow, .read, "pay", kind: .prefixed), Self.rule(.allow, .read, "*"),
            Self.rule(.deny, .write, "payments", principal: "User:bob", host: "10.0.0.9"), Self.rule(.allow, .read, "pay", type: .group),
        ]
        let store = Self.authorizer(rules).store
        func found(
            _ kind: AclPatternType, _ name: ByteString?, type: AclResourceType = .topic, principal: ByteString? = nil,
            operation: AclOperation = .any
        ) -> Set<AclBinding> {
            Set(
                store.bindings(
                    AclFilter(
                        type: type, kind: kind, name: name, principal: principal, host: nil, operation: operation, permission: .any)))
        }
        func these(_ indices: Int...) -> Set<AclBinding> { Set(indices.map { rules[$0] }) }
        #expect(found(.any, nil, type: .any) == Set(rules))
        #expect(found(.any, "pay") == these(0, 1))
        #expect(found(.match, "payments") == these(1, 2, 3))
        #expect(found(.match, nil) == these(0, 1, 2, 3))
        #expect(found(.literal, "pay") == these(0))
        #expect(found(.literal, "*") == these(2))
        #expect(found(.prefixed, nil) == these(1))
        #expect(found(.prefixed, "payments").isEmpty)
        #expect(found(.any, nil, principal: "User:bob") == these(3))
        #expect(found(.any, nil, operation: .write) == these(3))
    }
}

extension AclOperation {
    fileprivate static let allowable: [AclOperation] = [
        .all, .read, .write, .create, .delete, .alter, .describe, .describeConfigs, .alterConfigs,
    ]
}
