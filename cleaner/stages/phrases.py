"""Stage ``phrases``: lines that are furniture by their own words, and furniture at a line's start or end.

Some phrases are furniture wherever they stand ("Skip to content"). Others could be the article's own: one short word
(Share, Print, Menu) is as good a heading, a short sentence ("Got it.") as good an answer, "Learn more" or "2 hours ago"
may belong to the text. Those go only from a page that shows enough furniture of the first kind. A clean text shows
none, so it keeps them. Of HTML the furniture has gone by its place before, and rules marked ``html`` need no more. A
sentence in quotation marks is nobody's button and stays, and so do the last words of a paragraph broken at a column,
unless the line that they go on from goes. In a text that is broken at a column a line of a paragraph goes only with the
whole of it.

A text with many different copyright lines is a licence or names who wrote what; there they stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, groupby
from operator import itemgetter

from cleaner.fold import fold
from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.rules.rule import Rule
from cleaner.rules.slots import EDGES, is_doubtful, is_said, is_unspaced, key
from cleaner.settings import Settings
from cleaner.stages.prose import NARROW, SENTENCE_ENDS, runs_on
from cleaner.stages.wrapped import paragraphs_of

#: Different lines of furniture beyond doubt that a page must show before a phrase that could be the article's own
#: goes: for one short word or sentence, and for the rules marked ``alone = false``. For the latter one is enough on a
#: page with several weak ones.
SURE_FOR_WORDS = 1
SURE_FOR_RULES = 2
WEAK_FOR_RULES = 5

#: A rule that finds lines in every book and program, too: those not among so many at the end, of a short text
#: in its second half, tell nothing. Where it finds so many different ones with a year, they are what the text is about.
RIGHTS, FOOT, RIGHTS_LINES = "rights.line", 12, 4
#: What extracts of manuals have as well as their pages: it tells nothing of the rest of a text.
PERMALINK = "page.permalink"
#: What a heading of plain text is underlined with.
_UNDERLINES = frozenset("-=~^*#+")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")

#: A line that ends with one of these and begins in the middle of a sentence is no button.
_STOPS = ".,;"

#: A line of which more pieces would go is left as it is: each costs a look at all of the line.
MOST_PIECES = 64

#: What is known of a line: that it is a phrase, perhaps another stage's; or that something of it may go.
NAMED, DONE = 1, 2
#: Lines that are looked at as rows of phrases have this many characters; a longer one than the second of these is not
#: looked at if it ends a sentence.
SHORTEST_ROW, SHORT_ROW, LONGEST_ROW = 12, 90, 600
_LETTERS = re.compile(r"[^\W\d_]+")
#: A step of a list, and what parts phrases that stand in a row; scripts that write no spaces part them by one, too.
_STEP = re.compile(r"\d{1,3}[.)]\s")
_PARTED = re.compile(r"[|/\\\u2022\u00b7\u2013\u2014\u00bb\u00ab<>:;,&.!?+*()\[\]\n\t\u3001\u3002\uff0c\uff5c]|  ")


def is_scraped(page: Page, rules: Ruleset) -> bool:
    """Whether ``phrases`` has found enough furniture to take the text for a scraped page, not a clean one."""
    known: bool | None = page.cache.get("scraped")
    if known is None:  # what was found stays found as long as its lines read the same
        known = "scraped" in page.facts and not page.trimmed
        known = page.cache["scraped"] = known or _is_scraped(page, rules)
        if known and not page.trimmed:
            page.facts["scraped"] = True
    return known


def _is_scraped(page: Page, rules: Ruleset) -> bool:
    sure: set[str] = set()
    weak: set[str] = set()
    folded, table, rights = page.folded, rules.rules, rules.number.get(RIGHTS)
    permalink = rules.number.get(PERMALINK)
    foot = max(len(folded) - FOOT, len(folded) // 2)
    for stage, marks in page.log:
        if stage == "phrases":
            for i, number, _, _ in marks:
                if number == permalink:
                    continue
                line = folded[i]
                is_weak = not table[number].alone or is_doubtful(line, page.lines[i]) or is_underlined(page, i)
                if number != rights or i >= foot:
                    (weak if is_weak else sure).add(line)
                if _enough(len(sure), len(weak)):
                    return True
    return False


def _enough(sure: int, weak: int) -> bool:
    return sure >= SURE_FOR_RULES or (sure >= 1 and weak >= WEAK_FOR_RULES)


def phrases(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut lines that a phrase rule names, and pieces at their ends.

    Args:
        page: the page, matched against the rules.
        rules: the rules.
        settings: not read here.

    Returns:
        Marks; a line of which several pieces go has several, in order.
    """
    table, folded, lines = rules.rules, page.folded, page.lines
    sure: list[Mark] = []
    words: list[Mark] = []
    others: list[Mark] = []
    here: list[Mark] = []
    held: list[tuple[int, list[Mark]]] = []
    html = page.markup is not None
    done = bytearray(len(lines))

    def of(rule: Rule) -> list[Mark]:
        """The marks that count when those of a rule do."""
        return sure if rule.alone else here if html and rule.html else others

    for i, number in page.named.items():
        rule = table[number]
        if rule.run != 1 or rule.stage != "phrases":
            done[i] = NAMED
            continue
        line = lines[i]
        if line[-1] in _STOPS and rule.builtin and runs_on(page, i):
            done[i] = NAMED
            if rule.alone and not is_doubtful(folded[i], line):
                held.append((i - 1, [(i, number, None, None)]))
            continue
        found = words if is_doubtful(folded[i], line) or is_underlined(page, i) else of(rule)
        found.append((i, number, None, None))
        done[i] = DONE
    for i, pairs in groupby(page.woken.get("phrases", ()), itemgetter(0)):
        if done[i] != DONE:
            marks = _pieces(page, rules, i, [n for _, n in pairs])
            if marks and any(table[mark[1]].builtin for mark in marks):
                goes_whole = marks[-1][2] is None
                if is_said(folded[i]):
                    continue
                if goes_whole and _ends_sentence(page, i):
                    if all(table[mark[1]].alone for mark in marks):
                        held.append((i - 1, marks))
                    continue
            for mark in marks:
                of(table[mark[1]]).append(mark)
                done[i] = DONE
    rights = rules.number.get(RIGHTS, -1)
    sure = _without_many(page, sure, rights)
    permalink = rules.number.get(PERMALINK)
    count = _different((mark for mark in sure if mark[1] != permalink), folded, SURE_FOR_RULES, rights)
    for i, number, is_sure in _rows(page, rules, done):
        if i + 1 == len(lines) or not runs_on(page, i + 1):
            (sure if is_sure else others).append((i, number, None, None))
        elif is_sure:
            held.append((i + 1, [(i, number, None, None)]))
    if count >= SURE_FOR_WORDS:
        sure += words
    if _enough(count, WEAK_FOR_RULES) and (
        _enough(count, 0) or _enough(count, _different(chain(words, others), folded, WEAK_FOR_RULES))
    ):
        sure += others
    return _whole(page, rules, _with_held(sure + here, held))


def is_underlined(page: Page, i: int) -> bool:
    """Whether a line has a line of dashes or the like right below it: a document's heading, which may be one word."""
    lines = page.lines
    if i + 1 == len(lines) or (below := lines[i + 1])[0] not in _UNDERLINES or page.markup is not None:
        return False
    return below == below[0] * len(below) and len(below) >= len(lines[i]) / 2 and not page.blank_before(i + 1)


def rights_lines(page: Page) -> frozenset[int]:
    """Copyright lines of a text that has so many that it is about them; after ``phrases``."""
    found: frozenset[int] = page.facts.get("rights", frozenset())
    return found


def _without_many(page: Page, marks: list[Mark], rights: int) -> list[Mark]:
    """The marks without those of copyright lines, if there are many different ones."""
    those = frozenset([mark[0] for mark in marks if mark[1] == rights])
    years = {line for i in those if _YEAR.search(line := page.folded[i])} if len(those) >= RIGHTS_LINES else ()
    if len(years) < RIGHTS_LINES:
        return marks
    page.facts["rights"] = those
    return [mark for mark in marks if mark[1] != rights]


def _whole(page: Page, rules: Ruleset, marks: list[Mark]) -> list[Mark]:
    """The marks without those of lines inside a paragraph that was broken at a column, unless all of it goes."""
    paragraphs = paragraphs_of(page)
    if not paragraphs:
        return marks
    gone = {i: number for i, number, after, _ in marks if after is None}
    lines = page.lines
    stays = {
        i
        for i, number in gone.items()
        if (len(lines[i]) >= NARROW or (i and len(lines[i - 1]) >= NARROW))
        and rules.rules[number].builtin
        and not all(map(gone.__contains__, paragraphs.get(i, ())))
    }
    return [mark for mark in marks if mark[0] not in stays] if stays else marks


def _different(marks: Iterable[Mark], folded: list[str], most: int, rights: int = -1) -> int:
    """How many different lines there are marks of, or ``most`` if there are more; see ``RIGHTS``."""
    found: set[str] = set()
    foot = max(len(folded) - FOOT, len(folded) // 2)
    for i, number, _, _ in marks:
        if number != rights or i >= foot:
            found.add(folded[i])
        if len(found) == most:
            break
    return len(found)


def _with_held(marks: list[Mark], held: list[tuple[int, list[Mark]]]) -> list[Mark]:
    """The marks, and those held back because of a line that goes itself: a second pass would not see that line."""
    gone = {i for i, _, after, _ in marks if after is None}
    for because, more in sorted(held, key=itemgetter(0)):
        if because in gone:
            marks += more
            gone.add(more[0][0])
    return marks


def _ends_sentence(page: Page, i: int) -> bool:
    """Whether a line is the last words of a sentence that the line above broke off."""
    return page.lines[i][-1] in _STOPS and runs_on(page, i)


def _rows(page: Page, rules: Ruleset, done: bytearray) -> list[tuple[int, int, bool]]:
    """Lines in which several phrases stand and nothing else was found: (line, rule, whether beyond doubt)."""
    folded, lines = page.folded, page.lines
    found = rules.rows(page).find_among(folded, done, (SHORTEST_ROW, SHORT_ROW, LONGEST_ROW), SENTENCE_ENDS)
    return [
        (i, number, is_sure)
        for i, (number, is_sure) in found.items()
        if (is_sure or folded[i][-1] not in SENTENCE_ENDS) and not _is_word(lines[i]) and not _is_step(lines[i])
    ]


def _is_word(line: str) -> bool:
    """Whether all of a line is one word in small letters ("readlink (2)"): phrases that ran together show a capital."""
    if line[0].isalpha() and line[0].isupper():
        return False
    words = _LETTERS.findall(line)
    return len(words) == 1 and words[0].islower()


def _is_step(line: str) -> bool:
    """Whether a line of phrases is a sentence or a step of a list ("6. Choose language settings."): nothing parts them.

    In a row every phrase begins with a capital, or a mark stands between them.
    """
    step = _STEP.match(line)
    if step is None and (line[-1] not in SENTENCE_ENDS or line.endswith("..")):
        return False
    body = line[step.end() if step else 0 :].strip(EDGES + SENTENCE_ENDS)
    if _PARTED.search(body) is not None or (" " in body and is_unspaced(body)):
        return False
    return not any(map(str.isupper, body[1:]))


def _pieces(page: Page, rules: Ruleset, i: int, patterns: list[int]) -> list[Mark]:
    """Cut at line ``i`` until no pattern finds more; what is left may itself be a phrase. None if there is no end."""
    marks: list[Mark] = []
    line = page.lines[i]
    shrinking = True
    while shrinking and line:
        shrinking = False
        for n in patterns:
            number, rest = rules.try_pattern(page, n, line)
            if rest is not None and len(rest) < len(line):
                line = rest if key(fold(rest)) else ""
                marks.append((i, number, line or None, None))
                shrinking = bool(line)
                break
        if len(marks) > MOST_PIECES:
            return []
        if shrinking:
            folded = fold(line)
            named = rules.name(page, folded)
            if named is None:
                rows = rules.rows(page)
                named = rows.find([folded]).get(0, (None, False))[0]
            if named is not None and rules.stages[named] == "phrases" and rules.rules[named].run == 1:
                marks.append((i, named, None, None))
                break
    return marks
