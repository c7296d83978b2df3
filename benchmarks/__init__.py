"""Quality and speed of the cleaner beside other tools: ``python -m benchmarks``."""
