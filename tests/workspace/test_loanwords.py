"""Korean for the words of other people's apps: complete, and what is copied stays a copy."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
import wagtail
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation

LOANWORDS = Path(settings.BASE_DIR) / "secretariat" / "loanwords"
OURS = {
    "django": LOANWORDS / "locale/ko/LC_MESSAGES/django.po",
    "djangojs": LOANWORDS.parent / "locale/ko/LC_MESSAGES/djangojs.po",
}
OTHERS = ("wagtail", "allauth", "taggit", "modelcluster")
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TEMPLATES = Path(wagtail.__path__[0]) / "admin/templates/wagtailadmin"
COPIED = {
    "home.html": {
        "{% load wagtailadmin_tags i18n formats %}": "{% load wagtailadmin_tags i18n %}",
        "{{ request.network|name|default:site_name }}": "{{ site_name }}",
        '{% trans "Search" %}': "Search",
        "{% if root_page.pk %}<form": "<form",
        "</form>{% endif %}": "</form>",
    },
    "shared/header.html": {'{% trans "Search" %}': "Search"},
    "shared/headers/_actions.html": {
        "{% load i18n %}\n": "",
        '{% trans "Actions" %}': "Actions",
    },
}
"""Template that stands in the place of Wagtail's → what is ours in it, and what it replaces."""


def words_without_korean(domain: str) -> set[tuple[str | None, str]]:
    """Context and word of every catalogue of others that is in no Korean one."""
    said, given = set(), _translated(OURS[domain])
    for config in apps.get_app_configs():
        if not config.name.startswith(OTHERS):
            continue
        source = Path(config.path) / f"locale/en/LC_MESSAGES/{domain}.po"
        if not source.exists():
            continue
        said |= {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(source))}
        given |= _translated(Path(config.path) / f"locale/ko/LC_MESSAGES/{domain}.po")
    return said - given


def _translated(path: Path) -> set[tuple[str | None, str]]:
    if not path.exists():
        return set()
    return {(e.msgctxt, e.msgid) for e in polib.pofile(str(path)) if e.translated()}


@pytest.mark.parametrize("domain", sorted(OURS))
def test_every_word_of_others_has_korean(domain: str) -> None:
    assert words_without_korean(domain) == set()


@pytest.mark.parametrize("domain", sorted(OURS))
def test_no_translation_names_a_place_that_its_word_lacks(domain: str) -> None:
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(OURS[domain]))
        for said in (entry.msgstr, *entry.msgstr_plural.values())
        if set(PLACE.findall(said)) - set(PLACE.findall(entry.msgid + entry.msgid_plural))
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(COPIED))
def test_a_copied_template_differs_from_wagtails_in_its_words_alone(name: str) -> None:
    text = (LOANWORDS / "templates/wagtailadmin" / name).read_text(encoding="utf-8")
    for ours, theirs in COPIED[name].items():
        assert ours in text
        text = text.replace(ours, theirs)
    assert text == (TEMPLATES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        (forms.CharField(), "", "필요한 항목입니다. 채우거나 골라 주십시오."),
        (forms.EmailField(), "nobody", "전자우편 주소를 입력해 주십시오. 예: name@example.org"),
        (forms.DateField(), "soon", "날짜를 연-월-일 순서로 입력해 주십시오. 예: 2018-12-31"),
        (
            forms.DecimalField(decimal_places=2),
            "1.555",
            "소수점 아래는 2자리까지만 입력해 주십시오.",
        ),
        (forms.IntegerField(min_value=1), "0", "1 이상의 값을 입력해 주십시오."),
    ],
)
def test_what_a_form_refuses_is_said_in_the_platforms_korean(
    field: forms.Field, given: str, said: str
) -> None:
    with translation.override("ko"), pytest.raises(ValidationError) as refused:
        field.clean(given)
    assert refused.value.messages == [said]
