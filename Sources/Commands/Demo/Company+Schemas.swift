import Bytes

extension Company {
    /// One version of a subject, in the order in which they are registered: what is referred to comes first.
    struct SchemaText: Sendable {
        var subject: ByteString
        /// `AVRO`, `JSON` or `PROTOBUF`.
        var type = "AVRO"
        var text: String
        /// Name in the text, subject and version.
        var references: [(name: String, subject: ByteString, version: Int32)] = []
    }

    /// Levels beside the global one.
    static let compatibility: [(subject: ByteString, level: String)] = [
        ("orders-value", "FULL_TRANSITIVE"), ("payments-value", "FULL"), ("web.clicks-value", "NONE"), ("audit-value", "FORWARD"),
    ]

    static let globalCompatibility = "BACKWARD"

    private static func record(_ name: String, _ fields: String...) -> String {
        #"{"type":"record","name":"\#(name)","namespace":"shop","fields":[\#(fields.joined(separator: ","))]}"#
    }

    private static func field(_ name: String, _ type: String, _ initial: String? = nil) -> String {
        #"{"name":"\#(name)","type":\#(type)\#(initial.map { #","default":\#($0)"# } ?? "")}"#
    }

    private static let text = #""string""#
    private static let long = #""long""#
    private static let optionalText = #"["null","string"]"#

    static let schemas: [SchemaText] = [
        SchemaText(subject: "money", text: record("Money", field("amount", long), field("currency", text))),
        SchemaText(
            subject: "address", text: record("Address", field("street", text), field("city", text), field("country", text))),
        SchemaText(
            subject: "address",
            text: record("Address", field("street", text), field("city", text), field("country", text), field("note", optionalText, "null"))
        ),
        SchemaText(
            subject: "customer", text: record("Customer", field("id", text), field("home", #""Address""#)),
            references: [("shop.Address", "address", 1)]),
        SchemaText(
            subject: "customer",
            text: record("Customer", field("id", text), field("home", #""Address""#), field("mail", optionalText, "null")),
            references: [("shop.Address", "address", 2)]),
        SchemaText(
            subject: "orders-value", text: record("Order", field("id", text), field("total", #""Money""#)),
            references: [("shop.Money", "money", 1)]),
        SchemaText(
            subject: "orders-value",
            text: record("Order", field("id", text), field("total", #""Money""#), field("coupon", optionalText, "null")),
            references: [("shop.Money", "money", 1)]),
        SchemaText(subject: "orders-key", text: text),
        SchemaText(
            subject: "payments-value",
            text: record("Payment", field("order", text), field("paid", #""Money""#), field("method", text, #""card""#)),
            references: [("shop.Money", "money", 1)]),
        SchemaText(subject: "payments-key", text: text),
        SchemaText(
            subject: "customers-value", text: record("CustomerChanged", field("customer", #""Customer""#)),
            references: [("shop.Customer", "customer", 2)]),
        SchemaText(subject: "customers-key", text: text),
        SchemaText(subject: "products-value", text: record("Product", field("sku", text), field("title", text))),
        SchemaText(
            subject: "products-value",
            text: record("Product", field("sku", text), field("title", text), field("weight", #"["null","int"]"#, "null"))),
        SchemaText(
            subject: "products-value",
            text: record(
                "Product", field("sku", text), field("title", text), field("weight", #"["null","int"]"#, "null"),
                field("tags", #"{"type":"array","items":"string"}"#, "[]"))),
        SchemaText(
            subject: "inventory-value", text: record("Stock", field("sku", text), field("count", long), field("at", long, "0"))),
        SchemaText(
            subject: "shipping.events-value",
            text: #"{"type":"enum","name":"ShippingEvent","namespace":"shop","symbols":["PACKED","SENT","DELIVERED","RETURNED"]}"#),
        SchemaText(
            subject: "web.clicks-value", type: "JSON",
            text: #"{"type":"object","properties":{"path":{"type":"string"},"at":{"type":"integer"}},"required":["path"]}"#),
        SchemaText(
            subject: "web.clicks-value", type: "JSON",
            text: #"{"type":"object","properties":{"path":{"type":"string"},"at":{"type":"string"}},"required":["path","at"]}"#),
        SchemaText(
            subject: "web.sessions-value", type: "JSON", text: #"{"type":"object","properties":{"id":{"type":"string"}}}"#),
        SchemaText(
            subject: "common.proto", type: "PROTOBUF",
            text: "syntax = \"proto3\";\npackage shop;\n\nmessage Stamp {\n  int64 millis = 1;\n}\n"),
        SchemaText(
            subject: "mail.outbox-value", type: "PROTOBUF",
            text:
                "syntax = \"proto3\";\npackage shop;\n\nimport \"common.proto\";\n\nmessage Mail {\n  string to = 1;\n  Stamp sent = 2;\n}\n",
            references: [("common.proto", "common.proto", 1)]),
        SchemaText(
            subject: "audit-value", text: record("Audit", field("who", text), field("what", text), field("when", long))),
        SchemaText(subject: "metrics-value", text: #"{"type":"map","values":"double"}"#),
        SchemaText(
            subject: "shop.baskets-value",
            text: record("Basket", field("customer", text), field("items", #"{"type":"array","items":"string"}"#))),
    ]
}
