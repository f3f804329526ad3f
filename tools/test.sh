#!/usr/bin/env bash
# test.sh MARKERS: all tests on SQLite, then those that touch the database on PostgreSQL.
# Stories of the browser run on both; how pages look, whether they are open to all: once.
# The cluster is temporary and always stopped. Fails if either run fails; both always run.
set -uo pipefail
markers=$1
python=.venv/bin/python
jobs=${SANZI_TEST_JOBS:-2}
dir=$(mktemp -d /tmp/sanzi-pg.XXXXXX) && chmod 755 "$dir"
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
stop() {
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

echo "== SQLite"
# Every new file begins with the tables, too.
SANZI_ENV=test SANZI_DATABASE_URL="sqlite:///$dir/migrated.sqlite3" SANZI_VAR="$dir/var" \
  DJANGO_SETTINGS_MODULE=sanzi.config.settings "$python" tests/migrated.py || exit 1
"$python" -m pytest -q -n "$jobs" --dist loadfile --no-loadscope-reorder --durations=60 --durations-min=5 -m "$markers" 2>&1 | tee "$dir/sqlite.txt"
sqlite=${PIPESTATUS[0]}

echo "== PostgreSQL"
tools/pgtmp.sh start "$dir/pg" "$port" || { cat "$dir/pg/log" >&2; exit 1; }
stop() {
  tools/pgtmp.sh stop "$dir/pg" "$port"
  rm -rf "$dir"
}
# Every new database of this server begins with the tables: migrating takes half a minute each.
SANZI_ENV=test SANZI_DATABASE_URL="postgresql://app@127.0.0.1:$port/template1" \
  "$python" -m sanzi.interfaces.cli.main migrate >"$dir/migrate.txt" 2>&1 || { cat "$dir/migrate.txt" >&2; exit 1; }
SANZI_TEST_DATABASE_URL="postgresql://app@127.0.0.1:$port/sanzi" \
  "$python" -m pytest -q -n "$jobs" --dist loadfile --no-loadscope-reorder --durations=60 --durations-min=5 -m "database and ($markers)" 2>&1 | tee "$dir/postgresql.txt"
postgresql=${PIPESTATUS[0]}

echo
echo "SQLite:     $(tail -n 1 "$dir/sqlite.txt")"
echo "PostgreSQL: $(tail -n 1 "$dir/postgresql.txt")"
"$python" tools/sum_runs.py "$dir/sqlite.txt" "$dir/postgresql.txt"
[ "$sqlite" = 0 ] && [ "$postgresql" = 0 ]
