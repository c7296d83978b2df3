"""The languages: which kinds of furniture each has words for, and their own examples."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest

import cleaner
from cleaner.errors import RuleError
from cleaner.language import detect
from cleaner.language.detect import _WORD, _words_of
from cleaner.rules.compiled import readable
from cleaner.rules.examples import SCRAPED
from cleaner.rules.languages import language_sources, read_language
from cleaner.rules.loader import parse, sources
from cleaner.rules.slots import has_pattern_slot
from docs import languages as page

RULES = [rule for name, source in sources() for rule in parse(name, source).rules]
LANGUAGES = {Path(name).stem: read_language(name, source, RULES) for name, source in language_sources()}


@cache
def cleaner_for(code: str) -> cleaner.Cleaner:
    return cleaner.Cleaner("strict", lang=code)


def test_sixty_languages_and_more() -> None:
    assert len(LANGUAGES) >= 60


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_every_kind(code: str) -> None:
    missing = [kind for kind in page.KINDS if kind not in LANGUAGES[code].entries]
    assert len(missing) <= page.MOST_GAPS, missing


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_names_its_sources(code: str) -> None:
    language = LANGUAGES[code]
    assert language.name
    assert language.native
    assert language.sources


@pytest.mark.parametrize("code", LANGUAGES)
def test_fire_examples(code: str) -> None:
    chosen = cleaner_for(code)
    silent = []
    for rule_id, entry in LANGUAGES[code].entries.items():
        for text in entry.fire:
            page_text = f"{SCRAPED}{PROSE}\n\n{text}"
            if not any(cut.line > 4 for cut in chosen.explain(page_text).cuts):
                silent.append((rule_id, text))
    assert silent == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_quiet_examples(code: str) -> None:
    chosen = cleaner_for(code)
    loud = []
    for rule_id, entry in LANGUAGES[code].entries.items():
        for text in entry.quiet:
            cuts = [cut.rule for cut in chosen.explain(SCRAPED + text).cuts if cut.line > 2 and cut.kind != "repair"]
            if cuts:
                loud.append((rule_id, text, cuts))
    assert loud == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_phrases_of_one_language_stand_under_one_rule(code: str) -> None:
    seen: dict[str, str] = {}
    twice = []
    for rule_id, entry in LANGUAGES[code].entries.items():
        for phrase in entry.phrases:
            if not has_pattern_slot(phrase) and seen.setdefault(phrase.casefold(), rule_id) != rule_id:
                twice.append((phrase, seen[phrase.casefold()], rule_id))
    assert twice == []


def test_a_bound_phrase_counts_in_its_language_alone() -> None:
    assert "suche" in LANGUAGES["de"].entries["search.box"].bound
    german = "Zum Inhalt springen\n\nSuche\n\nDer Hafen ist seit Montag wieder offen, und die erste Fähre fuhr um neun Uhr ab."
    assert "Suche" not in cleaner.Cleaner(lang="de").clean(german)
    assert "Suche" in cleaner.Cleaner(lang="fi").clean(german)


def test_a_bound_phrase_with_a_slot_counts_in_its_language_alone() -> None:
    assert "schlagwörter: {any}" in map(str.lower, LANGUAGES["de"].entries["tags.line"].bound)
    german = "Zum Inhalt springen\n\nDer Hafen ist seit Montag wieder offen.\n\nSchlagwörter: Hafen, Fähre"
    text = f"Skip to content\n\nSkip to navigation\n\n{german}"
    assert "Schlagwörter" not in cleaner.Cleaner(lang="de").clean(text)
    assert "Schlagwörter" in cleaner.Cleaner(lang="fi").clean(text)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("cs", "E-mailová adresa"), ("de", "Siehe auch"), ("de", "Nach oben"), ("el", "Σχετικά θέματα"), ("es", "Más información"),
        ("fr", "Plein écran"), ("hu", "További információk"), ("ja", "すべて表示"), ("pl", "Do góry"), ("ru", "Размер шрифта"),
        ("vi", "Thông tin thêm"), ("de", "Einstellungen verwalten"), ("fr", "Enregistrer les paramètres"), ("ja", "設定を変更"),
        ("tr", "Ayarları kaydet"), ("hu", "Részletek megjelenítése"), ("pt", "Página 12"), ("ru", "Следующий раздел"),
        ("ga", "Ar aghaidh"), ("is", "Til baka"), ("es", "Más antiguas"), ("en", "Change settings"), ("nl", "Cookieverklaring"),
        ("de", "Weiterführende Links"), ("it", "Per approfondire"), ("zh", "延伸阅读"), ("fr", "Pour aller plus loin"),
        ("pl", "Dowiedz się więcej"), ("ja", "詳細を見る"), ("de", "Sprache wählen"), ("vi", "Chọn ngôn ngữ"), ("tr", "Dil seçimi"),
        ("de", "FEHLER MELDEN"), ("sv", "RAPPORTERA FEL"), ("de", "Drucken"), ("fr", "Imprimer"), ("ja", "印刷"), ("pl", "Szczegóły"),
        ("id", "Indeks"), ("cs", "Odpovědět"), ("da", "Svar"), ("el", "Ειδοποιήσεις"), ("ru", "Подписка"), ("hu", "Támogatás"),
        ("es", "Cerrar"), ("tr", "Yukarı"), ("pt", "Acesso ilimitado"), ("zh", "详情"), ("en", "Delete comment"), ("en", "Mailing list"),
        ("en", "Full access"), ("en", "Footer"), ("en", "Top"), ("fr", "Saisissez votre adresse e-mail dans le champ"),
        ("it", "Per leggere questo articolo serve un dizionario"), ("ru", "Если вы обнаружили ошибку в пакете, напишите нам"),
    ],
)  # fmt: skip
def test_what_may_head_a_section_counts_on_a_page_of_furniture_alone(code: str, line: str) -> None:
    chosen = cleaner.Cleaner(preset="careful", lang=code)
    links = f"{line}\n\n{PROSE}\n\n{line}\n\nPassword\n\nLog in"
    assert line in chosen.clean(f"{PROSE}\n\n{line}\n\n{PROSE}").split("\n")
    assert line not in chosen.clean(f"{SCRAPED}{PROSE}\n\n{links}").split("\n")[4:]


@pytest.mark.parametrize(
    ("code", "line"),
    [("de", "Zum Thema: wie die Brücke bezahlt wurde"), ("fr", "À lire : comment le pont a été payé"), ("pl", "Zobacz: jak zapłacono za most")],
)  # fmt: skip
def test_a_label_that_may_introduce_the_text_counts_on_a_page_of_furniture_alone_in_html_too(
    code: str, line: str
) -> None:
    chosen = cleaner.Cleaner(lang=code)
    assert line in chosen.clean(f"{PROSE}\n\n{line}\n\n{PROSE}")
    assert line not in chosen.clean(f"{SCRAPED}{PROSE}\n\n{line}\n\n{PROSE}")
    page = f"<main><h1>Bridge</h1><p>{PROSE}</p><p>{line}</p><p>{PROSE}</p></main>"
    assert [cut.rule for cut in chosen.explain_html(page).cuts if cut.before == line] == []


def test_words_of_ascii_are_told_apart_as_all_others() -> None:
    rng = random.Random(1)
    made = ["".join(rng.choice("ab'_ 1.-\x1c\n\t'c") for _ in range(rng.randint(0, 25))) for _ in range(2000)]
    for text in ("", "'", "don't 'quoted' rock'n'roll o''clock a_b 3rd", *made):
        assert sorted(_words_of(text)) == sorted(_WORD.findall(text))


def test_languages_are_told_apart() -> None:
    samples = {
        "de": "Der Hafen ist seit Montag wieder offen, und die erste Fähre fuhr um neun Uhr ab, weil der Sturm vorbei ist.",
        "fr": "Le port est de nouveau ouvert depuis lundi et le premier bateau est parti à neuf heures avec des passagers.",
        "ru": "Порт снова открыт с понедельника, и первый паром ушёл в девять часов, потому что шторм уже прошёл, но не все.",
        "uk": "Порт знову відкрито з понеділка, і перший пором пішов о дев'ятій годині, бо шторм уже минув, але це не для всіх, які там були, щоб його побачити.",
        "ja": "港は月曜日に再開し、最初のフェリーは九時に出航した。",
        "zh": "港口星期一重新开放，第一班渡轮九点钟出发，这是他们说的。",
        "ko": "항구가 월요일에 다시 열렸고 첫 배가 아홉 시에 떠났다.",
        "th": "ท่าเรือเปิดอีกครั้งในวันจันทร์",
    }
    assert {code: detect(text) for code, text in samples.items()} == {code: code for code in samples}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('language = "xx"\n["share.button"]\nphrases = ["x y"]', "did you mean 'share.buttons'"),
        ('language = "xx"\n["share.buttons"]\nphrase = ["x y"]', "did you mean 'phrases'"),
        ('language = "xx"\n["share.buttons"]\nphrases = ["x y"]\nbound = ["z"]', "not one of its phrases"),
        ('language = "yy"\n["share.buttons"]\nphrases = ["x y"]', "language is 'yy'"),
        ("language = ", "not valid TOML"),
    ],
)
def test_mistakes_in_a_language_file(source: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        read_language("xx.toml", source, RULES)


def test_the_table_of_languages_is_up_to_date() -> None:
    assert page.OUTPUT.read_text(encoding="utf-8") == page.render(list(LANGUAGES.values())), "run: make languages"


def test_readable_rules_have_the_languages_phrases() -> None:
    codes = {code for rule in readable() for code, _ in rule.phrases}
    assert set(LANGUAGES) <= codes


PROSE = (
    "The harbour reopened on Monday after a week of storms, and the first ferry left the quay at nine in the morning."
)
