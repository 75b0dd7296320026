"""`python -m banshi`: the console."""

import sys

from banshi.desks.console.main import main

sys.exit(main(sys.argv[1:]))
