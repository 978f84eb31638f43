"""What a production installation must not start with."""

from collections.abc import Sequence

from config.env import SettingError

# Words that stand in keys which somebody copied from an example.
COMMON_KEY_PARTS = ("django-insecure", "change", "secret", "example", "password", "touchstone", "default")
MIN_KEY_LENGTH = 50
MIN_KEY_LETTERS = 15


def refuse_weak(*, secret_key: str, debug: bool, hosts: Sequence[str], base_url: str) -> None:
    """Raise SettingError with every reason why these settings are not fit for production."""
    reasons = []
    if debug:
        reasons.append("DEBUG must be off outside the embedded mode.")
    if not is_strong(secret_key):
        reasons.append(
            f"SECRET_KEY must be random, {MIN_KEY_LENGTH} or more characters "
            "(python -c 'import secrets; print(secrets.token_urlsafe(64))')."
        )
    if not hosts or any(is_open(host) for host in hosts):
        reasons.append("ALLOWED_HOSTS must name the hosts, without wildcards.")
    if not base_url.startswith(("https://", "http://")):
        reasons.append("BASE_URL must be the address people use, with https://.")
    if reasons:
        raise SettingError("Touchstone refuses to start: " + " ".join(reasons))


def is_strong(key: str) -> bool:
    """Return whether a key is long, varied and made of no well-known words."""
    lowered = key.lower()
    return (
        len(key) >= MIN_KEY_LENGTH
        and len(set(key)) >= MIN_KEY_LETTERS
        and not any(part in lowered for part in COMMON_KEY_PARTS)
    )


def is_open(host: str) -> bool:
    """Return whether an entry of ALLOWED_HOSTS lets in names that nobody listed."""
    return "*" in host or host.startswith(".")
