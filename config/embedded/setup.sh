#!/bin/sh
# Create .venv from the pinned requirements, and update it when they change.
# Uses Python 3.12 or later under any usual name; uv downloads one if needed.
set -eu
cd "$(dirname "$0")/../.."

sets=${1:-"production embedded"}
missing=""
for set in $sets; do
    if [ "$(cat ".venv/.installed-$set" 2>/dev/null)" != "$(cksum <"requirements/$set.txt")" ]; then
        missing="$missing $set"
    fi
done
if [ -x .venv/bin/python ] && [ -z "$missing" ]; then exit 0; fi

# A pyenv shim can exist and fail to run, so run each candidate.
fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}
uv=""
if uv --version >/dev/null 2>&1; then uv=uv; fi

can_install() {
    [ -n "$uv" ] || .venv/bin/python -m pip --version >/dev/null 2>&1
}

if ! { [ -x .venv/bin/python ] && fits .venv/bin/python && can_install; }; then
    rm -rf .venv
    missing=$sets
    python=""
    for name in python3.13 python3.14 python3.12 python3 python; do
        if command -v "$name" >/dev/null 2>&1 && fits "$name"; then python=$name; break; fi
    done
    if [ -n "$python" ] && "$python" -m venv .venv >/dev/null 2>&1; then
        :
    elif [ -n "$uv" ]; then
        rm -rf .venv
        uv venv --quiet --seed .venv
    elif [ -n "$python" ]; then
        echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv), or install uv." >&2
        exit 1
    else
        echo "Opina needs Python 3.12 or later, or uv, which fetches one: install either and run this again." >&2
        exit 1
    fi
fi

echo "opina    | installing the requirements:" $missing
set --
for set in $missing; do set -- "$@" -r "requirements/$set.txt"; done
if [ -n "$uv" ]; then
    uv pip install --quiet --python .venv/bin/python --require-hashes "$@"
else
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes "$@"
fi
for set in $missing; do cksum <"requirements/$set.txt" >".venv/.installed-$set"; done
