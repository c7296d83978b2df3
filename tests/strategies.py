"""Texts as scrapers make them, and worse: furniture, prose, headings, repeats and noise in any order."""

from __future__ import annotations

from hypothesis import strategies as st

from cleaner.fold import fold
from tests.fixtures import cases, negatives


def _article_lines() -> list[str]:
    texts = [case.text for case in cases("articles") if case.name in ("ferry-strike", "forum-leaky-roof", "twice-deck")]
    texts += [text for name, text in negatives().items() if name in ("lang-arabic", "poem-refrain", "table-results")]
    return sorted({line for text in texts for line in text.split("\n") if line.strip()})


#: Written out, not read from the rules: a new rule must not change what is tried.
FURNITURE = [
    "Skip to content", "Back to top", "Print this page", "Share this article", "Share on Facebook", "Copy link",
    "Click to share on Twitter (Opens in new window)", "Follow us on Facebook", "Log in", "Sign in / Register", "My account",
    "Advertisement", "Story continues below advertisement", "Advertisement - Continue Reading Below", "Sponsored",
    "5 min read", "3 likes", "12 comments", "1.2K shares", "14 points", "2 hours ago", "Leave a comment",
    "Your email address will not be published. Required fields are marked *", "Accept all cookies", "Cookie settings",
    "This website uses cookies to ensure you get the best experience.", "Subscribe to our newsletter", "Subscribe",
    "Get the latest news delivered to your inbox.", "Read more", "Continue reading →", "Show more", "Learn more »",
    "Read also: Storm closes harbour for a week", "Related: How the pilots train", "Tags: harbour, ferry, storms",
    "© 2024 Harbour Post. All rights reserved.", "All rights reserved", "Powered by WordPress", "Search", "Main menu",
    "Next page", "Page 1 of 7", "1 2 3 … 7 Next »", "Loading...", "Please enable JavaScript to view this page.",
    "To continue reading, subscribe or sign in.", "Already a subscriber? Log in", "Privacy policy | Terms of use",
    "Home News Sport Weather Contact", "Facebook Twitter Pinterest Email", "Zum Inhalt springen", "Lire aussi :",
]  # fmt: skip
LINES = _article_lines()
HEADINGS = ["Read also:", "Latest", "Related articles", "Most read", "More on this story", "Comments", "See also"]
WORDS = [
    "Share",
    "Print",
    "Menu",
    "Facebook",
    "Twitter",
    "Email",
    "Home",
    "News",
    "Sport",
    "Yes",
    "No",
    "1",
    "2",
    "Next",
]
PROSE = [
    "The harbour reopened on Monday after a week of storms.",
    "“Nobody knew what to do,” she said, “so we went home and waited for the wind to drop.”",
    "Is that all there is to it?",
    "A crew of five, among them two who had never been to sea, brought the old ferry back to the quay before dawn.",
]
TITLES = ["Harbour Reopens After Storms", "Boats leave the quay at first light", "Ten things to know about eels"]
MARKS = ["", "", "", "* ", "• ", "- ", "» ", "1. ", "[", "| ", "“"]
ENDS = ["", "", "", " »", " | The Harbour Post", " – Tarn Today", ":", ".", "…", "!", " Read more", " (12)", " →", "]"]
NOISE = [
    "•",
    "***",
    "|",
    "…",
    "12",
    "\u200b",
    "\u00a0",
    "&nbsp;",
    "\ufeff",
    "cafÃ©",
    "\ud83d",
    "\0",
    "ИГРА",
    "漢字",
    "\u0301",
]

plain = st.one_of(
    st.sampled_from(FURNITURE),
    st.sampled_from(LINES),
    st.sampled_from(HEADINGS),
    st.sampled_from(WORDS),
    st.sampled_from(PROSE),
    st.sampled_from(TITLES),
)
marked = st.builds("{}{}{}".format, st.sampled_from(MARKS), plain, st.sampled_from(ENDS))
joined = st.builds(
    lambda parts, between: between.join(parts),
    st.lists(
        st.one_of(st.sampled_from(FURNITURE), st.sampled_from(WORDS), st.sampled_from(PROSE)), min_size=2, max_size=5
    ),
    st.sampled_from([" ", " | ", " · ", " > ", "  ", ". ", "", " - ", " • "]),
)
cased = st.builds(lambda line, change: change(line), plain, st.sampled_from([str.upper, str.lower, str.title, fold]))
noisy = st.builds(
    lambda line, noise, at: line[: at % (len(line) + 1)] + noise + line[at % (len(line) + 1) :],
    plain,
    st.sampled_from(NOISE),
    st.integers(0, 300),
)
wild = st.text(max_size=30)
line = st.one_of(plain, plain, marked, marked, joined, cased, noisy, wild, st.sampled_from(NOISE), st.just(""))


@st.composite
def pages(draw: st.DrawFn) -> str:
    """A page of up to thirty lines, some said again, parted by blank lines or not."""
    lines = draw(st.lists(line, max_size=30))
    for _ in range(draw(st.integers(0, 4)) if lines else 0):
        again = draw(st.sampled_from(lines))
        lines.insert(draw(st.integers(0, len(lines))), again + draw(st.sampled_from(ENDS)))
    gaps = draw(st.lists(st.sampled_from(["\n", "\n", "\n\n", "\n\n\n", "\r\n", "\n \n"]), min_size=1, max_size=4))
    return "".join(text + gaps[i % len(gaps)] for i, text in enumerate(lines))
