"""Write ``docs/languages.md``: which kinds of furniture every language has words for, and where they come from."""

from __future__ import annotations

from pathlib import Path

from cleaner.rules.languages import Language, language_sources, read_language
from cleaner.rules.loader import parse, sources

OUTPUT = Path(__file__).with_suffix(".md")

#: What every language is to have, by rule.
KINDS = {
    "skip.link": "skip link",
    "menu.label": "menu",
    "search.box": "search",
    "account.login": "log in",
    "share.buttons": "share",
    "share.follow": "follow",
    "page.tools": "print, e-mail",
    "page.top": "to the top",
    "newsletter.signup": "newsletter",
    "consent.banner": "cookie banner",
    "consent.buttons": "consent buttons",
    "ads.label": "advertisement",
    "more.link": "read more",
    "related.read_also": "read also",
    "related.inline": "read also: …",
    "related.latest": "latest, most read",
    "comments.heading": "comments",
    "comments.reply": "leave a comment",
    "comments.count": "n comments",
    "pager.links": "pager",
    "rights.line": "rights",
    "menu.legal": "privacy, terms",
    "caption.credit": "photo credit",
    "byline.author": "author",
    "byline.dates": "published, updated",
    "byline.reading_time": "reading time",
    "byline.counters": "counters",
    "tags.line": "tags",
    "notice.loading": "loading",
    "notice.script": "script, browser",
    "paywall.prompt": "paywall",
}
#: A language may lack so many of them: what its sites do not say is not made up.
MOST_GAPS = 6


def render(languages: list[Language]) -> str:
    """The page.

    Args:
        languages: the languages.

    Returns:
        Markdown.
    """
    lines = [
        "# Languages",
        "",
        "Made by `make languages` from `cleaner/rules/lang`. A number counts the phrases a language has for a kind;",
        "`cleaner rules list --lang CODE` shows them.",
        "",
        "| | language | " + " | ".join(KINDS.values()) + " |",
        "|---|---|" + "---|" * len(KINDS),
    ]
    for language in languages:
        counts = (language.entries.get(kind) for kind in KINDS)
        cells = " | ".join(str(len(entry.phrases)) if entry else "" for entry in counts)
        lines.append(f"| {language.code} | {language.name} ({language.native}) | {cells} |")
    lines += ["", "## Where the phrases come from", ""]
    for language in languages:
        lines.append(f"- **{language.code}**: {'; '.join(language.sources)}. {language.reviewed}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    rules = [rule for name, source in sources() for rule in parse(name, source).rules]
    OUTPUT.write_text(render([read_language(n, s, rules) for n, s in language_sources()]), encoding="utf-8")


if __name__ == "__main__":
    main()
