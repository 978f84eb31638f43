#!/bin/sh
# Runs once, when the database's volume is empty: the application's role owns its database and is no superuser.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set password="$TOUCHSTONE_PASSWORD" <<'SQL'
CREATE ROLE touchstone LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE touchstone OWNER touchstone;
SQL
# A replica's role, if it was given a password (docs/operators/scaling.md).
if [ -n "${REPLICATION_PASSWORD:-}" ]; then
	psql --username postgres --set ON_ERROR_STOP=1 --set password="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE replication LOGIN REPLICATION PASSWORD :'password';
SQL
	echo "host replication replication all scram-sha-256" >> "$PGDATA/pg_hba.conf"
fi
