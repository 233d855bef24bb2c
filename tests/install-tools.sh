#!/bin/sh
# What the tests use of the system: a browser, a translation engine and its service, gettext. Installed
# by apt where that may be done; elsewhere it prints what is skipped, and why.
set -eu

missing=""
has() { command -v "$1" >/dev/null 2>&1; }
has chromium || has chromium-browser || has google-chrome || missing="$missing chromium"
has lt-proc || missing="$missing apertium apertium-eng-spa apertium-fr-es apertium-es-pt"
has apertium-apy || missing="$missing apertium-apy"
has xgettext || missing="$missing gettext"
if [ -z "$missing" ]; then exit 0; fi

if has apt-get && [ "$(id -u)" = 0 ]; then
    echo "installing for the tests:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086  one word a package
    if apt-get update -qq >/dev/null && apt-get install -qq -y --no-install-recommends $missing >/dev/null
    then
        exit 0
    fi
fi
echo "Tests that need them are skipped, since only root can install them here (apt-get install):$missing"
