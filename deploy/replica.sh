#!/bin/sh
# The replica of docker-compose: copies the primary the first time, then follows it.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
	mkdir -p "$PGDATA"
	chmod 700 "$PGDATA"
	pg_basebackup --dbname "host=postgres user=replication" --pgdata "$PGDATA" --write-recovery-conf --checkpoint=fast
fi
# Exports take long: what they read is not cleaned up on the primary meanwhile.
exec postgres -c hot_standby_feedback=on
