"""What is known of a page's lines from its markup: columns, the meaning of class names, where things stand."""

from cleaner.markup.columns import Markup

__all__ = ["Markup"]
