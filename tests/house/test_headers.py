"""Headers and the host, on every answer."""

import pytest
from django.test import Client, override_settings

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/healthz", "/there-is-nothing-here"])
def test_it_works(client: Client, path: str) -> None:
    headers = client.get(path).headers
    for name, value in EVERYWHERE.items():
        assert headers[name] == value
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("began", "policy"),
    [
        ("none", "unsafe-none"),  # the person: an address, a bookmark
        ("same-origin", "unsafe-none"),
        ("same-site", "same-origin"),
        ("cross-site", "same-origin"),
        ("", "same-origin"),
        ("None", "same-origin"),  # no browser says it so
        ("none, cross-site", "same-origin"),
    ],
)
@pytest.mark.parametrize("path", ["/healthz", "/accounts/login/", "/there-is-nothing-here"])
@pytest.mark.django_db
def test_only_windows_that_no_other_site_can_hold_are_not_cut_off(
    client: Client, path: str, began: str, policy: str
) -> None:
    answer = client.get(path, headers={"sec-fetch-site": began})
    assert answer.headers["Cross-Origin-Opener-Policy"] == policy


def test_content_security_policy(client: Client) -> None:
    policy = dict(
        directive.strip().partition(" ")[::2]
        for directive in client.get("/healthz").headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["img-src"] == "'self' blob: data:"
    assert not any("unsafe" in sources for sources in policy.values())


@pytest.mark.parametrize("path", ["/", "/api/v1/", "/static/icons/logo.svg", "/there-is-nothing-here"])
def test_a_foreign_host_is_refused_everywhere(client: Client, path: str) -> None:
    assert client.get(path, headers={"host": "evil.example"}).status_code == 400


def test_static_files_do_not_open_themselves_to_other_sites(client: Client) -> None:
    answer = client.get("/static/icons/logo.svg")
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_every_answer_names_its_request(client: Client) -> None:
    first, second = (client.get("/healthz").headers["X-Request-ID"] for _ in range(2))
    assert len(first) == 36
    assert first != second


def test_metrics_are_not_open_to_the_world(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.7"}).status_code == 404
    assert b"django_http_requests" in client.get("/metrics").content


@override_settings(METRICS_TOKEN="right")
def test_metrics_with_a_token(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
    answer = client.get("/metrics", headers={"authorization": "Bearer right"}, REMOTE_ADDR="10.0.0.7")
    assert answer.status_code == 200
