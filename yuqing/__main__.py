"""`python -m yuqing` is `yuqing`."""

import sys

from yuqing.cli import main

sys.exit(main())
