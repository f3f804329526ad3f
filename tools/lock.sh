#!/usr/bin/env bash
# lock.sh VENV: compile requirements/*.in to hash-locked lists that name no host.
set -euo pipefail
compile=("$1/bin/uv" pip compile --quiet --python-version 3.11 --generate-hashes --no-annotate
  --no-header --no-emit-index-url)
for name in installer runtime dev peers lake; do
  "${compile[@]}" "requirements/$name.in" -o "requirements/$name.txt"
done
# Only the schema files inside these packages are wanted, not what the packages need to run.
for name in schemas contracting; do
  "${compile[@]}" --no-deps "requirements/$name.in" -o "requirements/$name.txt"
done
# The measured ledgers run on SQLite: the drivers of other databases would want compilers.
"${compile[@]}" --no-emit-package mysqlclient --no-emit-package psycopg2 \
  requirements/bench-peers.in -o requirements/bench-peers.txt
if grep -nE '://|--(extra-)?index-url' requirements/*.txt; then
  echo "a lock file names a host" >&2
  exit 1
fi
