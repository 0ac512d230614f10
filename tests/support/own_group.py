"""Runs a command in a process group of its own: own_group.py COMMAND [ARGUMENT...]"""

import os
import signal
import sys

os.setpgid(0, 0)
# A shell starts its background commands with SIGINT and SIGQUIT ignored; a test of Ctrl-C needs them.
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
try:
    os.execvp(sys.argv[1], sys.argv[1:])
except OSError as error:
    sys.exit(f"error: cannot run `{sys.argv[1]}`: {error.strerror}")
