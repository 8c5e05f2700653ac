"""`python -m stemme VERB …` is the `stemme` command."""

from __future__ import annotations

import sys

from stemme.cli import main

sys.exit(main())
