"""The package's own rules: their examples, their form, and what hostile lines cost them."""

from __future__ import annotations

import re
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

import cleaner
from cleaner.fold import fold, forms
from cleaner.page import Page
from cleaner.result import REPAIR_STAGES
from cleaner.rules.compiled import readable
from cleaner.rules.examples import check
from cleaner.rules.loader import RULE_STAGES
from cleaner.rules.matcher import Ruleset
from cleaner.rules.patterns import LONGEST_LINE, WINDOW, Pattern
from cleaner.rules.rule import Rule
from cleaner.rules.slots import has_pattern_slot, is_doubtful, is_said, is_short, key, phrase_key, phrase_pattern

#: The rules as their files give them; the phrases of other languages are tested in test_languages.py.
RULES = tuple(
    replace(rule, phrases=tuple((code, words) for code, words in rule.phrases if code in ("en", "any")), bound=())
    for rule in readable()
)
IDS = [rule.id for rule in RULES]


def phrases_of(rule: Rule) -> Iterator[str]:
    for _, phrases in rule.phrases:
        yield from phrases


PATTERNED = [rule for rule in RULES if rule.pattern or any(map(has_pattern_slot, phrases_of(rule)))]


@pytest.fixture(scope="module")
def everything() -> cleaner.Cleaner:
    return cleaner.Cleaner("strict", on=[rule.id for rule in RULES if rule.optional])


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.optional], ids=lambda rule: rule.id)
def test_examples(rule: Rule, cleaners: dict[str, cleaner.Cleaner]) -> None:
    assert [
        str(failure) for failure in check([rule], cleaners["strict"].explain, cleaners["strict"].explain_html)
    ] == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.optional], ids=lambda rule: rule.id)
def test_examples_of_optional_rules(rule: Rule) -> None:
    strict = cleaner.Cleaner("strict", on=[rule.id])
    assert [str(failure) for failure in check([rule], strict.explain, strict.explain_html)] == []


def test_a_wrong_example_is_found(cleaners: dict[str, cleaner.Cleaner]) -> None:
    rule = Rule("x.y", "phrases", "why", fire=("The ferry sailed.",), quiet=("Skip to content",), lone=("Back to top",))
    found = list(check([rule], cleaners["strict"].explain, cleaners["strict"].explain_html))
    assert [failure.key for failure in found] == ["fire", "quiet", "lone"]
    assert "skip.link" in str(found[1])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_whole(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", rule.id)
    assert rule.source == f"{rule.file}.toml"
    assert rule.stage in RULE_STAGES
    assert rule.why.endswith(".")
    assert rule.fire or rule.id == "encoding.surrogates"
    assert rule.quiet or rule.lone
    if rule.keywords:
        assert rule.pattern
    if rule.pattern:
        assert rule.keywords, "a pattern without a keyword would run on every line"
    if not rule.phrases and not rule.pattern:
        assert rule.stage in (*REPAIR_STAGES, "place", "repeats", "score", "tidy") or rule.id == "menu.row"


def test_lines_made_small_are_judged_as_they_are() -> None:
    """Patterns that name no capitals look at small letters where a line is ASCII."""
    tried = 0
    for rule in readable():
        if rule.pattern is None:
            continue
        small, plain = (Pattern(0, rule.pattern, rule.at, timed=False) for _ in range(2))
        plain.folds = False
        for text in (*rule.fire, *rule.quiet, *rule.lone, "Kelvin, ISSIK"):
            for line in (part for part in text.split("\n") if part.isascii()):
                for version in (line, line.upper(), line.lower(), line.title()):
                    assert small.rest(version) == plain.rest(version)
                    tried += small.folds
    assert tried > 500
    for source in ("READ more", "(?-i:read)", "\\u004b", "\\p{Lu}", "\\P{L}", "\u017f", "\u0131", "\\x4b"):
        assert not Pattern(0, source, "line", timed=False).folds
    assert Pattern(0, r"read\W\S\Z", "line", timed=False).folds
    assert not Pattern(0, "read", "line", timed=True).folds


def test_no_id_stands_twice() -> None:
    assert len(set(IDS)) == len(IDS)
    assert not {old for rule in RULES for old in rule.was} & set(IDS)


def test_no_phrase_stands_in_two_rules() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for rule in RULES:
        for phrase in phrases_of(rule):
            slots = has_pattern_slot(phrase) or rule.at != "line"
            owners[f"{rule.at} {fold(phrase)}" if slots else phrase_key(fold(phrase))].add(rule.id)
    assert {phrase: ids for phrase, ids in owners.items() if len(ids) > 1} == {}


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return Ruleset(RULES)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.phrases], ids=lambda rule: rule.id)
def test_every_phrase_is_found_as_its_rules_own(rule: Rule, ruleset: Ruleset) -> None:
    for phrase in phrases_of(rule):
        if rule.at == "line" and not has_pattern_slot(phrase):
            shown = phrase.replace("{n}", "3")
            for text in (shown, shown.upper(), f"» {shown} »", phrase.replace("{n}", "1,204")):
                number = ruleset.name(Page([text], [text]), fold(text))
                assert number is not None, text
                assert ruleset.rules[number].id == rule.id, text


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Comments (1,204)", "comments"),
        ("コメント（12）", "コメント"),
        ("コメント（１２）", "コメント"),
        ("評論【3】 »", "評論"),
        ("［２］評論", "評論"),
        ("التعليقات (١٬٢٣٤)", "التعليقات"),
        ("टिप्पणियाँ (१२)", "टिप्पणियाँ"),
        ("１，２３４ コメント", "# コメント"),
        ("ＳＨＡＲＥ　Ｔｈｉｓ".replace("\u3000", " "), "share this"),
    ],
)
def test_numbers_and_brackets_of_all_scripts(line: str, found: str) -> None:
    assert key(fold(line)) == found


def test_wide_letters_fold_alike_in_any_company() -> None:
    for company in ("", "The ferry left. " * 9, "フェリーは出た。" * 9, "ｶﾅ" * 9):
        assert forms([company, "ＳＨＡＲＥ"]).folded.decode().split("\n")[2] == "share"


@pytest.mark.parametrize(
    ("word", "short"),
    [
        ("Print", True),
        ("hỗ trợ", True),
        ("xem thêm tin", False),
        ("Read more", False),
        ("関連", True),
        ("関連記事を", False),
    ],
)
def test_one_short_word(word: str, short: bool) -> None:
    assert is_short(fold(word)) is short


def quoting(phrase: str) -> str:
    return f"The keeper wrote “{phrase}” in the margin of the letter that he sent to the harbour office in the spring."


@pytest.mark.parametrize(
    ("line", "doubtful"),
    [
        ("Got it.", True),
        ("Got it", False),
        ("Menu", True),
        ("All rights reserved.", False),
        ("Please wait...", False),
        ("No comment.", True),
        ("— Понятно.", True),
        ("— Подождите, пожалуйста.", True),
        ("Подождите, пожалуйста.", False),
        ("— Подписывайтесь!", True),
        ("- Подписывайтесь!", False),
        ("– Suivez-nous sur Facebook", False),
        ("知道了。", True),
    ],
)
def test_a_short_sentence_may_be_an_answer(line: str, doubtful: bool) -> None:
    assert is_doubtful(fold(line), line) == doubtful


@pytest.mark.parametrize(
    "line",
    [
        "“Read more.”",
        '"Got it!"',
        "„Verstanden.“",
        "«Понятно».",
        "« J'accepte. »",
        "»Ich stimme zu.«",
        "‘Please wait.’",
        "「続きを読む」",
        "“同意。”",
        "”Läs mer.”",
    ],
)
def test_what_is_said_in_quotation_marks_stays(line: str, cleaners: dict[str, cleaner.Cleaner]) -> None:
    assert is_said(fold(line))
    text = f"Skip to content\n\nThe ferry sailed at nine as planned.\n\n{line}\n\nAccept all cookies"
    for each in cleaners.values():
        if each.settings.preset == "careful":
            assert line in each.clean(text)


@pytest.mark.parametrize(
    "line", ["« Older posts", "“Read more”", "> Read more <", "“Stop.” Read more “now.”", "Read more."]
)
def test_what_is_not_said(line: str) -> None:
    assert not is_said(fold(line))


@pytest.mark.parametrize("line", ["Read more,", "share();"])
def test_a_piece_of_a_sentence_or_a_call_stays(line: str) -> None:
    text = f"Skip to content\n\nThe ferry sailed at nine as planned.\n\n{line}\n\nAccept all cookies"
    assert line in cleaner.Cleaner("careful").clean(text)


def test_a_users_rule_may_name_what_is_said() -> None:
    mine = ("mine", '[cry]\nstage = "phrases"\nwhy = "A cry."\nphrases = ["ahoy there"]\n')
    text = "The ferry sailed at nine as planned.\n\n“Ahoy there!”"
    assert cleaner.Cleaner(rules=[mine]).clean(text) == "The ferry sailed at nine as planned."


@pytest.mark.parametrize(
    "line", ["View documentation", "Read documentation", "Gallery View", 'print(f"name: {user} email: {email}")']
)
def test_no_row_is_made_of_counters_without_numbers_or_of_code(line: str) -> None:
    text = f"Skip to content\n\nThe ferry sailed at nine as planned.\n\n{line}\n\nAccept all cookies"
    assert line in cleaner.Cleaner("careful").clean(text)


def test_a_sentence_that_quotes_a_phrase_stays(cleaners: dict[str, cleaner.Cleaner]) -> None:
    quoted = [phrase for rule in RULES if rule.stage == "phrases" for phrase in phrases_of(rule) if "{" not in phrase]
    assert len(quoted) > 1000
    text = "\n\n".join(["Skip to content", "Back to top", *map(quoting, quoted)])
    lost = [cut for cut in cleaners["strict"].explain(text).cuts if cut.stage == "phrases" and cut.line > 3]
    assert [(cut.rule, cut.before) for cut in lost] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The banner says that this website uses cookies, and most people click it away.",
        "He asked why this site uses cookies at all and got no answer.",
        "Everyone has met the line “this website uses cookies” by now.",
        "The app told him: please enable JavaScript to continue, and he gave up.",
        "“You need to enable JavaScript to run this app,” the screen said, and nothing more.",
    ],
)
def test_a_sentence_that_speaks_of_a_notice_stays(sentence: str, cleaners: dict[str, cleaner.Cleaner]) -> None:
    assert cleaners["careful"].clean(sentence) == sentence


def literals(rule: Rule) -> list[str]:
    """Words that wake a rule's patterns, and whole lines on which they act."""
    found = [*rule.keywords, *rule.fire]
    for phrase in phrases_of(rule):
        if has_pattern_slot(phrase):
            keyword, _ = phrase_pattern(fold(phrase))
            found += [keyword.strip(), re.sub(r"\{\w+\}", "7 May", phrase)]
    return [text for text in found if text.strip()]


#: Around a word that wakes a pattern, up to the longest line and window that patterns see.
HOSTILE = (
    lambda word: word * (LONGEST_LINE // len(word)),
    lambda word: (word + " ") * (LONGEST_LINE // (len(word) + 1)),
    lambda word: (word + ", ") * (WINDOW // (len(word) + 2)) + word[:-1],
    lambda word: word + " " * (LONGEST_LINE - len(word)),
    lambda word: word + "." * (LONGEST_LINE - len(word) - 1) + "x",
    lambda word: word + " a" * ((LONGEST_LINE - len(word)) // 2),
    lambda word: word + " 1" * ((LONGEST_LINE - len(word)) // 2),
    lambda word: word + " A, b & C" * ((LONGEST_LINE - len(word)) // 9) + "!",
    lambda word: word + "|-–»" * ((LONGEST_LINE - len(word)) // 4) + "x",
    lambda word: "x" * (LONGEST_LINE - len(word) - 1) + " " + word,
    lambda word: ". " * ((LONGEST_LINE - len(word)) // 2) + word,
    lambda word: "we the and us on " * ((LONGEST_LINE - len(word)) // 17) + word,
)


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Stop what is running once it has used so much CPU: the package's own patterns run without a clock."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"over {seconds} s of CPU")

    old = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, old)


def test_the_limit_stops_a_bad_pattern() -> None:
    with pytest.raises(TimeoutError), cpu_limit(0.2):
        re.fullmatch(r"(?:a|aa|a\w)+!", "a" * LONGEST_LINE)


def hostile_lines(rule: Rule) -> list[str]:
    words = {word[:LONGEST_LINE] for text in literals(rule) for word in text.split("\n") if word.strip()}
    lines = [line(word[:200]) for word in sorted(words) for line in HOSTILE]
    return lines + [line.upper() for line in lines[:: len(HOSTILE)]]


@pytest.mark.parametrize("rule", PATTERNED, ids=lambda rule: rule.id)
def test_no_hostile_line_stops_a_pattern(rule: Rule, everything: cleaner.Cleaner) -> None:
    text = "\n\n".join(hostile_lines(rule))
    with cpu_limit(20):
        assert everything.explain(text).flags in ((), ("over_removal",), ("all_furniture",))


@pytest.mark.parametrize("rule", PATTERNED, ids=lambda rule: rule.id)
def test_a_users_copy_of_the_pattern_is_not_stopped(rule: Rule) -> None:
    ruleset = Ruleset([replace(rule, builtin=False)])
    for line in hostile_lines(rule):
        page = Page([line], [line])
        ruleset.match(page)
        for woken in page.woken.values():
            for i, n in woken:
                ruleset.try_pattern(page, n, page.lines[i])
        assert page.flags == []
