"""A user's rule files: what they can do, and what every mistake in one says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import cleaner
from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from tests.checks import assert_sound

PROSE = "The harbour reopened on Monday after a week of storms."
HEAD = 'stage = "phrases"\nwhy = "a test"\n'


def with_rules(source: str, name: str = "mine.toml", **settings: object) -> cleaner.Cleaner:
    return cleaner.Cleaner(rules=[(name, source)], **settings)  # type: ignore[arg-type]


def rules_that_cut(chosen: cleaner.Cleaner, text: str) -> list[str]:
    return [cut.rule for cut in assert_sound(text, chosen).cuts if cut.kind != "repair"]


def test_a_rule_is_added() -> None:
    chosen = with_rules(f'[promo]\n{HEAD}phrases.en = ["Try our harbour quiz"]\n')
    text = f"{PROSE}\n\nTRY OUR HARBOUR QUIZ »"
    assert cleaner.clean(text) == text
    assert chosen.clean(text) == PROSE
    cut = chosen.explain(text).cuts[-1]
    assert (cut.rule, cut.stage, cut.why, cut.line) == ("mine.promo", "phrases", "a test", 3)


def test_phrases_may_be_a_list_and_hold_slots() -> None:
    chosen = with_rules(
        f'[a]\n{HEAD}phrases = ["{{n}} boats online now", "written for us by {{name}}", "Seen on {{date}} by all"]\n'
    )
    for line in ("1,204 boats online now", "Written for us by Hester Lowick", "Seen on 7 May 2021 by all"):
        assert rules_that_cut(chosen, f"{PROSE}\n\n{line}") == ["mine.a"], line
    for line in ("Many boats online now", "Written for us by 1972", "Seen on the quay by all"):
        assert rules_that_cut(chosen, f"{PROSE}\n\n{line}") == [], line


@pytest.mark.parametrize(
    ("at", "before", "after"),
    [
        ("line", "Quiz: how well do you know the quay?", None),
        ("start", "Quiz: The harbour master is known for his hat.", "The harbour master is known for his hat."),
        ("end", "The harbour master is known for his hat. Quiz:", "The harbour master is known for his hat."),
    ],
)
def test_a_pattern_has_its_place(at: str, before: str, after: str | None) -> None:
    pattern = "quiz:.*" if at == "line" else r"quiz:\s*"
    chosen = with_rules(f'[quiz]\n{HEAD}at = "{at}"\nkeywords = ["quiz:"]\npattern = \'{pattern}\'\n')
    assert rules_that_cut(chosen, f"{PROSE}\n\n{before}") == ["mine.quiz"]
    assert chosen.explain(f"{PROSE}\n\n{before}").cuts[-1].after == after


def test_a_heading_of_ones_own_takes_its_tail() -> None:
    chosen = with_rules('[box]\nstage = "tails"\nwhy = "a box"\nphrases = ["Stories from the vault"]\n')
    text = f"{PROSE}\n\nStories from the vault\n\nStorm closes harbour\n\nFerry line buys two boats"
    assert chosen.clean(text) == PROSE
    assert cleaner.clean(text) == text


def strike_named(page: Page, rules: Ruleset, settings: cleaner.Settings) -> list[Mark]:
    """A user's stage: strikes what its own rules name or find."""
    found = {i: n for i, n in page.named.items() if rules.rules[n].stage == "mine"}
    for i, n in page.woken.get("mine", ()):
        number, rest = rules.try_pattern(page, n, page.lines[i])
        if rest == "":
            found[i] = number
    return [(i, n, None, None) for i, n in sorted(found.items())]


def test_rules_for_a_stage_of_ones_own() -> None:
    source = """
        [quiz]
        stage = "mine"
        why = "a quiz"
        phrases = ["Harbour quiz", "A quiz by {name}"]
        [poll]
        stage = "mine"
        why = "a poll"
        keywords = ["poll:"]
        pattern = "poll: .*"
    """
    stages = (*cleaner.STAGES, cleaner.Stage("mine", strike_named))
    chosen = cleaner.Cleaner(rules=[("own.toml", source)], stages=stages)
    text = f"{PROSE}\n\nHarbour quiz\n\nA quiz by Hester Lowick\n\nPoll: is the quay too loud?"
    assert rules_that_cut(chosen, text) == ["own.quiz", "own.quiz", "own.poll"]
    assert cleaner.Cleaner(rules=[("own.toml", source)], stages=stages, off=["mine"]).clean(text) == text
    with pytest.raises(cleaner.RuleError, match=r"own\.toml: \[quiz\]: unknown stage 'mine'"):
        cleaner.Cleaner(rules=[("own.toml", source)])
    with pytest.raises(cleaner.RuleError, match="unknown stage 'mine'; did you mean 'mines'"):
        cleaner.Cleaner(rules=[("own.toml", source)], stages=(cleaner.Stage("mines", strike_named),))


@pytest.mark.parametrize(
    ("at", "line", "after"),
    [
        ("start", "Harbour news: The ferry is late.", "The ferry is late."),
        ("start", "Harbour newspapers are late.", "Harbour newspapers are late."),
        ("end", "The ferry is late. Harbour news", "The ferry is late."),
        ("end", "The ferry is late. By Hester Lowick", "The ferry is late."),
    ],
)
def test_phrases_at_the_ends_of_a_line(at: str, line: str, after: str) -> None:
    chosen = with_rules(f'[a]\n{HEAD}at = "{at}"\nphrases = ["harbour news", "by {{name}}"]\n')
    assert chosen.clean(f"{PROSE}\n\n{line}") == f"{PROSE}\n\n{after}"


def test_a_rule_is_replaced() -> None:
    chosen = with_rules(f'["share.buttons"]\n{HEAD}phrases = ["Share the harbour"]\n')
    text = f"{PROSE}\n\nShare the harbour\n\nShare this article"
    assert chosen.clean(text) == f"{PROSE}\n\nShare this article"
    assert [rule.why for rule in chosen.rules if rule.id == "share.buttons"] == ["a test"]
    assert len(chosen.rules) == len(cleaner.Cleaner().rules)


def test_a_phrase_of_ones_own_outranks_the_packages() -> None:
    chosen = with_rules(f'[mine]\n{HEAD}phrases = ["Skip to content"]\n')
    assert rules_that_cut(chosen, f"Skip to content\n\n{PROSE}") == ["mine.mine"]


def test_a_later_file_replaces_a_rule_of_an_earlier_one() -> None:
    first = ("a.toml", f'[x]\n{HEAD}phrases = ["Quiz of the week"]\n')
    second = ("b.toml", f'["a.x"]\n{HEAD}phrases = ["Song of the week"]\n')
    text = f"{PROSE}\n\nQuiz of the week\n\nSong of the week"
    assert cleaner.Cleaner(rules=[first, second]).clean(text) == f"{PROSE}\n\nQuiz of the week"
    with pytest.raises(cleaner.RuleError, match=r"b\.toml: \[a\.x\]: there is no rule 'a\.x'"):
        cleaner.Cleaner(rules=[second, first])


@pytest.mark.parametrize("name", ["page.top", "page", "phrases"])
def test_a_file_switches_off(name: str) -> None:
    text = f"{PROSE}\n\nBack to top"
    assert cleaner.clean(text) == PROSE
    assert with_rules(f'off = ["{name}"]').clean(text) == text
    assert cleaner.Cleaner(off=[name]).clean(text) == text


def test_a_file_protects_lines() -> None:
    text = f"Skip to content\n\n{PROSE}\n\nShare this article"
    kept = with_rules('keep = ["SKIP TO"]').clean(text)
    assert kept == f"Skip to content\n\n{PROSE}"


@pytest.mark.parametrize(
    "rule",
    [
        'phrases = ["{line}"]',
        "pattern = '{line}'",
        "at = \"anywhere\"\npattern = '{word}'",
        "at = \"anywhere\"\nkeywords = ['{word}']\npattern = '{word}'",
    ],
    ids=["phrase", "pattern", "anywhere", "keyword"],
)
@pytest.mark.parametrize(
    ("stage", "line", "text"),
    [
        ("phrases", "Skip to content", f"Skip to content\n\n{PROSE}"),
        ("phrases", "Share this article", f"Skip to content\n\n{PROSE}\n\nShare this article"),
        ("tails", "Related articles", f"{PROSE}\n\nRelated articles"),
        ("tails", "Storm closes harbour", f"{PROSE}\n\nRelated articles\n\nStorm closes harbour"),
        ("repeats", "The storms of May in pictures", "The storms of May in pictures\n" * 2 + PROSE),
        ("company", "Instagram", f"{PROSE}\n\nFacebook\nTwitter\nInstagram\n\nSkip to content\nBack to top"),
        ("trim", "It was late. Read more »", f"{PROSE}\n\nIt was late. Read more »"),
        ("tidy", "*1*", f"{PROSE}\n\n•\nSkip to content\n*1*"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_protected_lines_outrank_every_stage(rule: str, stage: str, line: str, text: str) -> None:
    found = [cut.before for cut in cleaner.explain(text).cuts if cut.kind != "repair"]
    assert line in found or stage == "tidy", "the line would have stayed anyway"
    source = rule.format(
        line=line.replace("*", "") if "phrases" in rule else line.replace("*", r"\*"),
        word=line.rsplit(maxsplit=1)[-1].strip("*"),
    )
    chosen = with_rules(f'[mine]\nstage = "protect"\nwhy = "mine"\n{source}\n')
    result = assert_sound(text, chosen)
    assert line in result.text.split("\n")
    assert cleaner.Cleaner(keep=[line.upper()]).clean(text).count(line) >= 1


def test_a_fixed_phrase_protects_a_bullet(cleaners: dict[str, cleaner.Cleaner]) -> None:
    text = f"{PROSE}\n\n•\nSkip to content"
    assert cleaners["standard"].clean(text) == PROSE
    chosen = with_rules('[mine]\nstage = "protect"\nwhy = "mine"\npattern = \'•\'\n')
    assert chosen.clean(text) == f"{PROSE}\n\n•"


def test_an_old_name_still_switches_a_rule_off_and_on() -> None:
    source = f'[new]\n{HEAD}was = ["mine.old"]\nphrases = ["Quiz of the week"]\n'
    text = f"{PROSE}\n\nQuiz of the week"
    assert with_rules(source).clean(text) == PROSE
    assert with_rules(source, off=["mine.old"]).clean(text) == text
    optional = source + "optional = true\n"
    assert with_rules(optional).clean(text) == text
    assert with_rules(optional, on=["mine.old"]).clean(text) == PROSE
    replacing = with_rules(
        f'["share.buttons"]\n{HEAD}was = ["share.bar"]\nphrases = ["Quiz of the week"]', off=["share.bar"]
    )
    assert replacing.clean(text) == text


def test_an_old_name_cannot_take_a_living_rules_place() -> None:
    chosen = with_rules(f'[a]\n{HEAD}was = ["page.top"]\nphrases = ["Quiz of the week"]\n', off=["page.top"])
    assert chosen.clean(f"{PROSE}\n\nBack to top\n\nQuiz of the week") == f"{PROSE}\n\nBack to top"


def test_presets_of_rules() -> None:
    source = f'[a]\n{HEAD}preset = "strict"\nphrases = ["Quiz of the week"]\n'
    text = f"{PROSE}\n\nQuiz of the week"
    assert with_rules(source).clean(text) == text
    assert with_rules(source, preset="strict").clean(text) == PROSE


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("[a\n", ["mine.toml: not valid TOML"]),
        ("offf = []", ["mine.toml", "unknown key 'offf'", "did you mean 'off'"]),
        ('stage = "phrases"', ["mine.toml", "unknown key 'stage'", "a rule is a table"]),
        ("[[a]]\nwhy = 'w'", ["mine.toml", "unknown key 'a'"]),
        ("[A]\n" + HEAD, ["mine.toml: [A]", "a word of a-z"]),
        (f"[a]\n{HEAD}phrase = []", ["mine.toml: [a]", "unknown key 'phrase'", "did you mean 'phrases'"]),
        ("[a]\nwhy = 'w'", ["mine.toml: [a]", "stage is missing"]),
        ("[a]\nstage = 'phrases'", ["mine.toml: [a]", "why is missing"]),
        ("[a]\nstage = 'phrases'\nwhy = ''", ["mine.toml: [a]", "why is missing"]),
        ("[a]\nstage = 3\nwhy = 'w'", ["mine.toml: [a]", "stage is missing"]),
        ("[a]\nstage = 'phrase'\nwhy = 'w'", ["[a]", "unknown stage 'phrase'", "did you mean 'phrases'"]),
        (f"[a]\n{HEAD}preset = 'carefull'", ["[a]", "unknown preset 'carefull'", "did you mean 'careful'"]),
        (f"[a]\n{HEAD}preset = ['strict']", ["[a]", "unknown preset ['strict']"]),
        (f"[a]\n{HEAD}at = 'ends'", ["[a]", "unknown at 'ends'", "did you mean 'end'"]),
        (f"[a]\n{HEAD}at = 'anywhere'", ["[a]", "'anywhere' is for protect rules"]),
        (f"[a]\n{HEAD}phrases = ['{{m}} boats']", ["[a]", "unknown slot {m}", "known: any, date, n, name"]),
        (f"[a]\n{HEAD}phrases = ['by {{nam}}']", ["[a]", "unknown slot {nam}", "did you mean 'name'"]),
        (f"[a]\n{HEAD}phrases = ['***']", ["[a]", "'***' holds no word"]),
        (f"[a]\n{HEAD}join = true\nphrases = ['{{any}}']", ["[a]", "'{any}' holds no word"]),
        (f"[a]\n{HEAD}phrases = 'x'", ["[a]", "phrases is a list, or a table"]),
        (f"[a]\n{HEAD}phrases = ['']", ["[a]: phrases.any", "none of them empty"]),
        (f"[a]\n{HEAD}phrases.en = 'x'", ["[a]: phrases.en", "is a list of strings"]),
        (f"[a]\n{HEAD}phrases.en = [1]", ["[a]: phrases.en", "is a list of strings"]),
        (f"[a]\n{HEAD}pattern = '(a'", ["[a]", "pattern does not compile", "position"]),
        (f"[a]\n{HEAD}pattern = '(?x)a # note'", ["[a]", "pattern does not compile"]),
        (f"[a]\n{HEAD}pattern = '{'(' * 3000 + ')' * 3000}'", ["[a]", "pattern does not compile"]),
        (f"[a]\n{HEAD}pattern = 'a{{99999999999999999999}}'", ["[a]", "pattern does not compile"]),
        (f"[a]\n{HEAD}pattern = 3", ["[a]", "pattern is a string"]),
        (f"[a]\n{HEAD}keywords = 'x'", ["[a]: keywords", "is a list of strings"]),
        (f"[a]\n{HEAD}fire = 'x'", ["[a]: fire", "is a list of strings"]),
        (f"[a]\n{HEAD}quiet = [2]", ["[a]: quiet", "is a list of strings"]),
        (f"[a]\n{HEAD}lone = [[]]", ["[a]: lone", "is a list of strings"]),
        (f"[a]\n{HEAD}was = 'x'", ["[a]: was", "is a list of strings"]),
        (f"[a]\n{HEAD}join = 1", ["[a]", "join is true or false"]),
        (f"[a]\n{HEAD}alone = 'no'", ["[a]", "alone is true or false"]),
        (f"[a]\n{HEAD}optional = 0", ["[a]", "optional is true or false"]),
        (f"[a]\n{HEAD}run = 0", ["[a]", "run is a whole number"]),
        (f"[a]\n{HEAD}run = true", ["[a]", "run is a whole number"]),
        (f"[a]\n{HEAD}run = 2.5", ["[a]", "run is a whole number"]),
        (f"[a]\n{HEAD}group = 1", ["[a]", "group is a string"]),
        ("[a]\nstage = 'repeats'\nwhy = 'w'\nphrases = ['x']", ["[a]", "repeats reads none"]),
        (f"[a]\n{HEAD}phrases = ['x']\nkeywords = ['x']", ["[a]", "keywords are for a pattern"]),
        (f"[a]\n{HEAD}phrases = ['x']\nunless = ['nav']", ["[a]", "marks and unless are for the stage place"]),
        (f"[a]\n{HEAD}", ["mine.toml: [mine.a]", "without phrases or a pattern it would never act"]),
        ("[a]\nstage = 'place'\nwhy = 'w'", ["mine.toml: [mine.a]", "without marks it would never act"]),
        ("off = 'share'", ["mine.toml: off", "is a list of strings"]),
        ("keep = ['']", ["mine.toml: keep", "none of them empty"]),
        ("off = ['shar.buttons']", ["mine.toml: off", "'shar.buttons'", "did you mean 'share.buttons'"]),
        ("off = ['tail']", ["mine.toml: off", "did you mean 'tails'"]),
        (f"['share.button']\n{HEAD}", ["mine.toml: [share.button]", "no rule", "did you mean 'share.buttons'"]),
    ],
)
def test_a_mistake_is_named_with_its_place(source: str, parts: list[str]) -> None:
    with pytest.raises(cleaner.RuleError) as caught:
        with_rules(source)
    for part in parts:
        assert part in str(caught.value)


def test_a_name_that_exists_is_no_new_rule() -> None:
    with pytest.raises(
        cleaner.RuleError, match=r'share\.toml: \[buttons\]: there is a rule .* write \["share\.buttons"\]'
    ):
        with_rules(f"[buttons]\n{HEAD}", name="share.toml")


@pytest.mark.parametrize("name", ["9 lives.toml", ".toml", "été.toml"])
def test_a_files_name_must_give_an_id(name: str) -> None:
    with pytest.raises(cleaner.RuleError, match="the file's name gives its rules their ids"):
        with_rules("", name=name)


def test_files_are_read_from_their_paths(tmp_path: Path) -> None:
    path = tmp_path / "My-Rules.toml"
    path.write_bytes(f'\ufeff[quiz]\n{HEAD}phrases = ["Café quiz"]\n'.encode())
    for given in (path, str(path)):
        assert rules_that_cut(cleaner.Cleaner(rules=[given]), f"{PROSE}\n\nCafé quiz") == ["my_rules.quiz"]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    with pytest.raises(cleaner.RuleError, match=r"mine\.toml: cannot read this rule file: No such file"):
        cleaner.Cleaner(rules=[path])
    path.write_bytes(b"why = '\xff'")
    with pytest.raises(cleaner.RuleError, match="it is not UTF-8 text"):
        cleaner.Cleaner(rules=[path])
    with pytest.raises(cleaner.RuleError, match="cannot read this rule file"):
        cleaner.Cleaner(rules=[tmp_path])


@pytest.mark.skipif(os.geteuid() == 0, reason="running as root, who can read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.touch(mode=0)
    with pytest.raises(cleaner.RuleError, match="Permission denied"):
        cleaner.Cleaner(rules=[path])


@pytest.mark.parametrize("pattern", ["(a|aa)+$", r"(?:a|aa|a\w)+!", "(.*a){25}x"])
@pytest.mark.parametrize("stage", ["phrases", "tails", "protect"])
def test_a_pattern_that_blows_up_is_stopped(pattern: str, stage: str) -> None:
    at = 'at = "anywhere"\n' if stage == "protect" else ""
    chosen = with_rules(f'[bad]\nstage = "{stage}"\nwhy = "w"\n{at}pattern = \'{pattern}\'\n')
    text = f"Skip to content\n\n{PROSE}\n\n{'a' * 500}?\n\n{'a' * 400}?\n\nShare this article"
    with pytest.warns(cleaner.RuleTimeoutWarning, match=r"rule mine\.bad \(mine\.toml\)") as warned:
        result = chosen.explain(text)
    assert len(warned) == 1
    assert result.flags == ("timeout:mine.bad",)
    assert result.text == f"{PROSE}\n\n{'a' * 500}?\n\n{'a' * 400}?"
    assert chosen.explain(PROSE).flags == ()
