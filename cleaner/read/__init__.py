"""Readers: what was given, as a page."""
