"""``python -m cleaner.engines.spark``."""

import sys

from cleaner.engines.spark.job import main

sys.exit(main())
