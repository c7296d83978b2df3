"""The names that cuts of HTML bear: where a line stood, if that tells it from the article."""

from __future__ import annotations

import pytest

import cleaner

ARTICLE = """<h1>Harbour Reopens After Storms</h1>
<p>The harbour of Lower Quay reopened on Monday after a week of storms had kept all boats at their moorings, the port office said.</p>
<p>We have not seen waves like these since the winter of 1987, said Anna Holm, who has run the ferry to the islands for thirty years.</p>
<p>The town expects the repairs to last until autumn. Until then, larger ships will have to unload at the northern pier.</p>"""
LINKS = (
    "<ul><li><a href='/a'>Ferry line sold to a rival</a></li><li><a href='/b'>Ten walks along the coast</a></li></ul>"
)


def rules(html: str, line: str) -> set[str]:
    return {cut.rule for cut in cleaner.explain_html(html).cuts if line in cut.before}


@pytest.mark.parametrize(
    ("name", "rule"), [("login-box", "place.login"), ("advert", "place.ads"), ("sidebar", "place.side")]
)
def test_an_element_around_the_whole_page_names_no_cut(name: str, rule: str) -> None:
    box = f"<div class='box'>{LINKS}</div>"
    assert rules(f"<article>{ARTICLE}</article><div class='{name}'>{LINKS}</div>", "Ten walks") == {rule}
    assert rules(f"<div class='{name}'><div>{ARTICLE}</div>{box}</div>", "Ten walks") == {"score.outside"}


def test_what_is_cut_does_not_depend_on_its_name() -> None:
    html = f"<div class='login-box'><div>{ARTICLE}</div><div class='related'>{LINKS}</div></div>"
    assert rules(html, "Ten walks") == {"place.related"}
    unnamed = cleaner.Cleaner(off=["place.related"]).explain_html(html)
    assert unnamed.text == cleaner.clean_html(html)
    assert {cut.rule for cut in unnamed.cuts} == {"score.outside"}
