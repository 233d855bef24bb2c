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
        with running() as home:
            from django.core.management import execute_from_command_line

            if home.is_new:
                # So that a command works before the first `make up`, too.
                execute_from_command_line([sys.argv[0], "migrate", "--verbosity", "0"])
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
