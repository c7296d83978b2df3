"""Rules: read from TOML, made ready, matched."""
