"""AWS's own signer (botocore, and MSK's library for Python) signs what it is told on standard input, and prints what came out."""

import base64
import datetime
import json
import sys

import botocore.auth
import botocore.awsrequest
from botocore.credentials import Credentials

asked = json.load(sys.stdin)
moment = datetime.datetime.strptime(asked["stamp"], "%Y%m%dT%H%M%SZ")


class Frozen(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return cls(*moment.timetuple()[:6])

    @classmethod
    def now(cls, tz=None):
        return cls(*moment.timetuple()[:6], tzinfo=tz)


# Several releases ask for the time in several ways.
botocore.auth.datetime = type("datetime", (), {"datetime": Frozen, "timezone": datetime.timezone}) if not isinstance(botocore.auth.datetime, type) else Frozen
if hasattr(botocore.auth, "get_current_datetime"):
    botocore.auth.get_current_datetime = lambda *a, **k: Frozen.utcnow()

keys = Credentials(asked["id"], asked["secret"], asked["token"] or None)
answers = {}
for request in asked["requests"]:
    url = f"https://{request['host']}{request['path']}"
    outgoing = botocore.awsrequest.AWSRequest(
        method=request["method"], url=url, params=dict(request["query"]), data=request["body"], headers=dict(request["headers"]))
    if request["presigned"]:
        botocore.auth.SigV4QueryAuth(keys, request["service"], request["region"], expires=900).add_auth(outgoing)
        answers[request["name"]] = outgoing.url.split("X-Amz-Signature=")[1]
    else:
        botocore.auth.SigV4Auth(keys, request["service"], request["region"]).add_auth(outgoing)
        answers[request["name"]] = outgoing.headers["Authorization"]

from aws_msk_iam_sasl_signer import MSKAuthTokenProvider

token, _ = MSKAuthTokenProvider.generate_auth_token_from_credentials_provider(
    asked["mskRegion"], type("P", (botocore.credentials.CredentialProvider,), {"load": lambda self: keys})())
answers["bearer"] = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
print(json.dumps(answers))
