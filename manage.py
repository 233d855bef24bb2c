#!/usr/bin/env python
"""Run a management command, on the embedded servers where none are named."""

import os
import signal
import sys

from config.embedded.home import EmbeddedError
from config.embedded.servers import running


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # So that a terminated command, too, stops the servers it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with running():
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
