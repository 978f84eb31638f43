"""The databases by name: the primary, and a replica for exports and dashboards where there is one."""

from typing import Any

from config.env import Env, parse_database_url

LOCAL = "postgresql://touchstone@localhost/touchstone"
KEPT_SECONDS = 600  # a connection; one with all its plans costs 35 ms to replace


def databases(env: Env) -> dict[str, dict[str, Any]]:
    """Return Django's setting. The web sets a statement timeout for itself (config/wsgi.py), workers do not.

    A pooler in transaction mode drops ``options`` and sets the same by itself (deploy/pgbouncer.ini).
    """
    limits = f"-c statement_timeout={env.number('STATEMENT_TIMEOUT_MS', 0)}"
    limits += " -c idle_in_transaction_session_timeout=60000"
    plans = "-c plan_cache_mode=force_generic_plan"  # of prepared statements, which are ours alone
    plans += " -c max_parallel_workers_per_gather=0"  # nobody's statement takes all cores from the others
    primary = env.text("DATABASE_URL", LOCAL)
    found = {"default": _database(primary, connect_timeout=5, options=f"{limits} {plans}")}
    if replica := env.text("DATABASE_REPLICA_URL"):
        only_read = "-c default_transaction_read_only=on"
        # Who waits longer for a replica than this is better off with the primary.
        found["replica"] = _database(replica, connect_timeout=2, options=f"{limits} {only_read}")
        found["replica"]["TEST"] = {"MIRROR": "default"}
    return found


def _database(url: str, **own: object) -> dict[str, Any]:
    parsed: dict[str, Any] = parse_database_url(url)
    options = {"application_name": "touchstone", **own, **parsed["OPTIONS"]}
    return parsed | {"CONN_MAX_AGE": KEPT_SECONDS, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
