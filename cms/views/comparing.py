"""Two editions of a text compared: in the text, side by side, in amending sentences."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import editions as words
from cms.amendment_layout import Sentences, lay_out_sentences
from cms.comparison_layout import lay_out_comparison
from cms.components import Crumb
from cms.redline_layout import lay_out_redline
from cms.templatetags.formats import language_name, reader_language
from resolutions.exports.formats import COMPARISONS
from resolutions.rules.amending import derive
from resolutions.rules.redline import redline
from resolutions.rules.structure import TextTree
from resolutions.selectors import texts as selectors
from secretariat.kernel.access import Access, access
from secretariat.kernel.bilingual import Bilingual

INLINE, TABLE = "inline", "table"


@access(Access.PUBLIC)
@require_safe
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Leads to the comparison of `?old=` and `?new=`; else to that of the latest edition."""
    found = words.public_instrument(request, slug)
    numbers = {str(each.number): each.number for each in found.editions}
    last = found.editions[-1]
    new = numbers.get(request.GET.get("new", ""), last.number)
    before = found.before(words.public_edition(found, new)) or last
    old = numbers.get(request.GET.get("old", ""), before.number)
    address = reverse("cms:compare", args=[slug, old, new])
    kept = request.GET.copy()
    for name in ("old", "new"):
        kept.pop(name, None)
    return redirect(f"{address}?{kept.urlencode()}" if kept else address)


@access(Access.PUBLIC)
@require_safe
def compare(request: HttpRequest, slug: str, a: int, b: int) -> HttpResponse:
    """What edition `b` changed of edition `a`.

    `?view=inline|table`, `?lang=both|ko|en`, `?all=1` shows what stayed the same as well.
    """
    found = words.public_instrument(request, slug)
    old, new = words.public_edition(found, a), words.public_edition(found, b)
    trees = selectors.trees_of_editions(editions=list({old.pk: old, new.pk: new}.values()))
    redlines = {
        code: redline(
            trees[old.pk].get(code) or _nothing(code), trees[new.pk].get(code) or _nothing(code)
        )
        for code in words.by_reader({**trees[old.pk], **trees[new.pk]})
    }
    view = TABLE if request.GET.get("view") == TABLE else INLINE
    asked = request.GET.get("lang", words.BOTH)
    language = asked if asked in redlines else words.BOTH
    languages = words.by_reader(redlines) if language == words.BOTH else (language,)
    everything = request.GET.get("all") == "1"
    changed = any(each.changed for each in redlines.values())
    versions = (words.named(old), words.named(new))

    def address(key: str) -> str:
        return words.article_url(new if _has(trees[new.pk], key) else old, key)

    context = {
        "instrument": found.instrument,
        "title": words.title_of(new, reader_language()),
        "old": old,
        "new": new,
        "old_name": versions[0],
        "new_name": versions[1],
        "old_url": words.edition_url(old),
        "new_url": words.edition_url(new),
        "editions": [(each.number, words.named(each)) for each in found.editions],
        "action": reverse("cms:compare_choice", args=[slug]),
        "changed": changed,
        "view": view,
        "views": [
            (INLINE, _("In the text"), _query(request, view=INLINE)),
            (TABLE, _("Old and new side by side"), _query(request, view=TABLE)),
        ],
        "lang": language,
        "langs": [
            (
                code,
                _("Both languages") if code == words.BOTH else language_name(code),
                _query(request, lang=code),
            )
            for code in (words.BOTH, *words.by_reader(redlines))
        ]
        if len(redlines) > 1
        else [],
        "sentences": _sentences(trees[old.pk], trees[new.pk]) if changed else None,
        "everything": everything,
        "everything_url": _query(request, all="0" if everything else "1"),
        "redline": lay_out_redline(
            {code: redlines[code] for code in languages},
            languages=languages,
            only_changed=not everything,
            address=address,
            first_heading_level=3,
        )
        if view == INLINE and changed
        else None,
        "tables": [lay_out_comparison(redlines[code], versions=versions) for code in languages]
        if view == TABLE and changed
        else [],
        "files": [
            (
                words.format_name(format_),
                [
                    (words.languages_of_file(code, redlines), _file_url(slug, a, b, code, format_))
                    for code in (*words.by_reader(trees[new.pk]), words.BOTH)
                ],
            )
            for format_ in COMPARISONS
        ]
        if changed
        else [],
        "crumbs": words.text_crumbs(found, new, Crumb(_("Compare editions"))),
    }
    return render(request, "cms/public/compare.html", context)


def _sentences(old: Mapping[str, TextTree], new: Mapping[str, TextTree]) -> Sentences | None:
    """The amending sentences in the languages that both editions have."""
    shared = [code for code in old if code in new]
    before = {code: old[code] for code in shared}
    operations = derive(before, {code: new[code] for code in shared})
    titles = Bilingual({code: tree.title for code, tree in before.items()})
    return lay_out_sentences(before, operations, titles)


def _file_url(slug: str, a: int, b: int, language: str, format_: str) -> str:
    return reverse("cms:compare_file", args=[slug, a, b, language, format_])


def _nothing(language: str) -> TextTree:
    return TextTree(title="", lang=language)


def _has(trees: Mapping[str, TextTree], key: str) -> bool:
    return any(tree.find(key) is not None for tree in trees.values())


def _query(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"
