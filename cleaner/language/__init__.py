"""Which language a text is in, told cheaply: by its script, and by function words where languages share one."""

from cleaner.language.detect import detect, sample

__all__ = ["detect", "sample"]
