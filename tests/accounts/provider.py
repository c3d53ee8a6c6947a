"""A real OpenID provider (Canaille) on loopback, in a process of its own: `provider.py PORT URL`.

One person, who is signed in there already and in two groups, and one client.
"""

import datetime
import os
import sys
import wsgiref.simple_server

from canaille import create_app
from canaille.app import models
from canaille.app.session import UserSession
from canaille.backends import Backend
from canaille.oidc import provider
from flask import g
from joserfc.jwk import JWKRegistry

EMAIL = "lin.xi@example.com"
CLIENT, SECRET = "peakend", "s3cret/with+signs="


def main() -> None:
    port, redirect = int(sys.argv[1]), sys.argv[2]
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    key = JWKRegistry.generate_key("RSA", 2048)
    key.ensure_kid()
    app = create_app(
        config={
            "TESTING": True,
            "ENV_FILE": None,
            "SECRET_KEY": "x" * 32,
            "WTF_CSRF_ENABLED": False,
            "PREFERRED_URL_SCHEME": "http",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "CANAILLE": {
                "DATABASE": "memory",
                "JAVASCRIPT": False,
                "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc", "manage_oidc"]}},
            },
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [key.as_dict(private=True)]},
        }
    )
    with app.app_context():
        store = Backend.instance
        person = models.User(
            user_name="linxi", formatted_name="林溪", family_name="林", emails=[EMAIL]
        )
        store.save(person)
        for name in ("客服主管", "全体员工"):
            store.save(models.Group(display_name=name, members=[person]))
        client = models.Client(
            client_id=CLIENT,
            client_secret=SECRET,
            client_name="Peakend",
            client_uri="https://desk.example.com",
            redirect_uris=[redirect],
            post_logout_redirect_uris=[redirect.replace("/api/sso/return", "/desk/login")],
            grant_types=["authorization_code"],
            response_types=["code"],
            token_endpoint_auth_method="client_secret_basic",
            scope=["openid", "email", "profile", "groups"],
            client_id_issued_at=datetime.datetime.now(datetime.UTC),
        )
        store.save(client)
        store.update(client, audience=[client])
        store.save(client)
        consent = models.Consent(
            consent_id="one",
            client=client,
            subject=person,
            scope=client.scope,
            issue_date=datetime.datetime.now(datetime.UTC),
        )
        store.save(consent)

    # It checks addresses by mail but does not say so in its claims; most providers do.
    told = provider.generate_user_claims
    provider.generate_user_claims = lambda user: {**told(user), "email_verified": True}

    @app.before_request
    def be_signed_in() -> None:
        now = datetime.datetime.now(datetime.UTC)
        g.session = UserSession(user=person, last_login_datetime=now)

    server = wsgiref.simple_server.make_server("127.0.0.1", port, app)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
