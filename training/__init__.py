"""How the weights in ``cleaner/model`` are made and judged."""
