#!/usr/bin/env bash
# install.sh VENV runtime|dev: make the environment and fill it from the hash-locked list.
# Repeats safely; the stamp is written last. Uses uv where it runs, else plain pip.
set -euo pipefail
venv=$1 set=$2
# A linked environment belongs to someone else: use it, never change it.
[ ! -L "$venv" ] || exit 0
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
  -r requirements/installer.txt
echo "installing requirements/$set.txt"
if "$venv/bin/uv" --version >/dev/null 2>&1; then
  export VIRTUAL_ENV=$venv
  "$venv/bin/uv" pip install --quiet --require-hashes -r "requirements/$set.txt"
  "$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation -e .
else
  pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
  "${pip[@]}" --require-hashes -r "requirements/$set.txt"
  "${pip[@]}" --no-deps --no-build-isolation -e .
fi
# dev holds all of runtime
[ "$set" = runtime ] || touch "$venv/.runtime"
touch "$venv/.$set"
