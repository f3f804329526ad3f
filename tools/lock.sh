#!/usr/bin/env bash
# lock.sh VENV: compile requirements/*.in to hash-locked lists that name no host.
set -euo pipefail
compile=("$1/bin/uv" pip compile --quiet --python-version 3.11 --generate-hashes --no-annotate
  --no-header --no-emit-index-url)
for name in installer runtime dev; do
  "${compile[@]}" "requirements/$name.in" -o "requirements/$name.txt"
done
# Only the schema files inside these packages are wanted, not what the packages need to run.
"${compile[@]}" --no-deps requirements/schemas.in -o requirements/schemas.txt
if grep -nE '://|--(extra-)?index-url' requirements/*.txt; then
  echo "a lock file names a host" >&2
  exit 1
fi
