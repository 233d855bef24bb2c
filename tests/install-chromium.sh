#!/bin/sh
# The browser tests use Debian's Chromium; it is installed here where that may be done.
set -eu
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "installing Chromium for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null && apt-get install -qq -y --no-install-recommends chromium >/dev/null && exit 0
fi
echo "Browser tests are skipped: there is no Chromium, and it can be installed here only by root on Debian or Ubuntu (apt-get install chromium)."
