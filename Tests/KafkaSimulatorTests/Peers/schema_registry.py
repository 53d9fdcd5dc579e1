"""Confluent's own Python client and serializers against a schema registry: schema_registry.py URL PREFIX"""

import sys

from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient, SchemaRegistryError
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

url, prefix = sys.argv[1:3]
client = SchemaRegistryClient({"url": url})
base, user, topic = f"{prefix}/base", f"{prefix}-user", f"{prefix}-topic"


def refusal(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except SchemaRegistryError as error:
        return error.error_code
    raise AssertionError(f"{call.__name__}{arguments} was not refused")


definition = Schema(f'{{"type":"record","name":"{prefix}","fields":[{{"name":"x","type":"int"}}]}}', "AVRO")
listing = Schema(f'{{"type":"array","items":"{prefix}"}}', "AVRO", references=[SchemaReference(prefix, base, 1)])
wrong = Schema(f'{{"type":"record","name":"{prefix}","fields":[{{"name":"x","type":"string"}}]}}', "AVRO")

first = client.register_schema(base, definition)
assert client.register_schema(base, definition) == first
second = client.register_schema(user, listing)
assert client.get_schema(second).references == listing.references
latest = client.get_latest_version(base)
assert (latest.version, latest.schema_id, latest.subject) == (1, first, base), latest
assert client.get_versions(user) == [1]
assert {base, user} <= set(client.get_subjects())
assert client.lookup_schema(user, listing).version == 1

assert refusal(client.delete_subject, base) == 42206
assert client.test_compatibility(base, wrong) is False
assert refusal(client.register_schema, base, wrong) in (409, 40901)
assert client.set_compatibility(base, "NONE") == {"compatibility": "NONE"}
assert client.get_compatibility(base) == "NONE"
assert client.register_schema(base, wrong) not in (first, second)
assert client.get_versions(base) == [1, 2]

assert refusal(client.get_version, f"{prefix}-none", 1) == 40401
assert refusal(client.get_version, base, 9) == 40402
assert client.delete_subject(user) == [1]
assert client.delete_subject(user, permanent=True) == [1]
assert client.delete_version(base, 1) == 1
assert client.get_versions(base) == [2]

serializer = AvroSerializer(client, definition.schema_str)
place = SerializationContext(topic, MessageField.VALUE)
encoded = serializer({"x": 5}, place)
assert encoded[0] == 0 and encoded[5:] == b"\n", encoded
assert AvroDeserializer(SchemaRegistryClient({"url": url}))(encoded, place) == {"x": 5}
for subject in (base, f"{topic}-value"):
    client.delete_subject(subject)
    client.delete_subject(subject, permanent=True)
assert not [name for name in client.get_subjects() if name.startswith(prefix)]
print("done: register, read, refuse, delete, serialize")
