#!/usr/bin/env bash
# pgtmp.sh start|stop|kill DIR PORT: a PostgreSQL cluster for one run of tests, as root or not.
# kill ends it as a power cut would; start then brings it back.
# PG_DURABLE=1 keeps fsync on: kill tests and measures need it, unit tests do not.
# Every folder above DIR must be open to the user postgres (so not under /root).
set -euo pipefail
bin=${PGBIN:-/usr/lib/postgresql/15/bin} dir=$2 port=${3:-54329}
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$dir" "$@"
  else
    "$@"
  fi
}
case $1 in
  start)
    mkdir -p "$dir"
    [ "$(id -u)" != 0 ] || chown postgres:postgres "$dir"
    cd "$dir"
    [ -f "$dir/data/PG_VERSION" ] || as_owner "$bin/initdb" -D "$dir/data" -U app -A trust \
      -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    options="-p $port -k $dir -c listen_addresses=127.0.0.1"
    [ "${PG_DURABLE:-0}" = 1 ] || options+=" -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    as_owner "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" -o "$options" start >/dev/null
    ;;
  kill)
    cd "$dir"
    as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
    ;;
  stop)
    cd "$dir"
    as_owner "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null
    ;;
  *)
    echo "pgtmp.sh start|stop|kill DIR PORT" >&2
    exit 2
    ;;
esac
