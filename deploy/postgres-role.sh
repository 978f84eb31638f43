#!/bin/sh
# Runs once, when the database's volume is empty: the application's role owns its database and is no superuser.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set password="$TOUCHSTONE_PASSWORD" <<'SQL'
CREATE ROLE touchstone LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE touchstone OWNER touchstone;
SQL
