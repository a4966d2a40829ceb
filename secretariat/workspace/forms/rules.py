"""Operative rules of a draft: each with its typed value and the provision that fixes it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.templatetags.formats import reader_language
from resolutions.rules.operative import (
    ELECTION_MAJORITY,
    MAJORITIES,
    RuleName,
    SelfNomination,
    TieBreak,
    describe_value,
    value_as_json,
    value_from_json,
)
from resolutions.rules.refusal import RuleRefused
from resolutions.services.texts import RuleBinding

COMPARED: Final = (("more", _("more than")), ("at_least", _("at least")))
BASES: Final = (
    ("votes_cast", _("the votes cast")),
    ("present_and_voting", _("the seats present and voting")),
    ("present", _("the seats present")),
    ("all_seats", _("all seats")),
)
ABSTENTIONS: Final = (
    ("left_out", _("left out of the count")),
    ("counted", _("counted in the denominator")),
)


SELF_NOMINATION: Final = (
    (str(SelfNomination.NOT_ALLOWED), _("A city cannot nominate itself")),
    (str(SelfNomination.ALLOWED), _("A city may nominate itself")),
)


class RuleForm(forms.Form):
    """One rule: the provision that fixes it, or none, and its value. Prefixed by its name."""

    provision = forms.ChoiceField(label=_("Provision that fixes it"), required=False)

    def __init__(
        self,
        *args: Any,
        name: RuleName,
        provisions: list[tuple[str, str]],
        value: Any = None,
        key: str = "",
        **kwargs: Any,
    ) -> None:
        self.name = name
        kwargs["prefix"] = str(name)
        kwargs["initial"] = {"provision": key, **self._spread(value)}
        super().__init__(*args, **kwargs)
        self.title = name.label.in_language(reader_language())
        self.fields.update(self._value_fields())
        self.fields["provision"].choices = [("", _("Not fixed by this text")), *provisions]
        self.binding: RuleBinding | None = None
        self.sentence = self._in_words(value) if key else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        key = data.get("provision", "")
        if not key or self.errors:
            return data
        raw = self._gathered(data)
        if raw is None:
            for field in self.fields:
                if field != "provision" and data.get(field) in ("", None):
                    self.add_error(field, _("Give the value, or leave the rule unbound."))
            return data
        try:
            value_from_json(self.name, raw)
        except RuleRefused as refused:
            where = refused.where if refused.where in self.fields else None
            self.add_error(where, refused.message.in_language(reader_language()))
            return data
        self.binding = RuleBinding(self.name, raw, key)
        return data

    def _value_fields(self) -> dict[str, forms.Field]:
        fraction = forms.CharField(
            label=_("Share"),
            required=False,
            max_length=15,
            help_text=_("As a fraction: 1/2, 2/3, 3/4."),
        )
        compared = forms.ChoiceField(label=_("Needed"), choices=COMPARED, required=False)
        if self.name is RuleName.QUORUM:
            floor = forms.IntegerField(
                label=_("and never fewer seats than"), required=False, min_value=0, initial=0
            )
            return {"compared": compared, "fraction": fraction, "at_least": floor}
        if self.name is RuleName.MAJORITY_ELECTION:
            return {}
        if self.name in MAJORITIES:
            return {
                "compared": compared,
                "fraction": fraction,
                "base": forms.ChoiceField(label=_("Of what"), choices=BASES, required=False),
                "abstentions": forms.ChoiceField(
                    label=_("Abstentions"), choices=ABSTENTIONS, required=False
                ),
            }
        if self.name is RuleName.TIE_BREAK:
            return {}
        if self.name is RuleName.SELF_NOMINATION:
            return {
                "choice": forms.ChoiceField(
                    label=_("Rule"), choices=SELF_NOMINATION, required=False
                )
            }
        return {"number": forms.IntegerField(label=_("Number"), required=False, min_value=0)}

    def _gathered(self, data: dict[str, Any]) -> Any:
        """The value as JSON, or None where a part of it is missing."""
        if self.name is RuleName.MAJORITY_ELECTION:
            return value_as_json(ELECTION_MAJORITY)
        if self.name is RuleName.TIE_BREAK:
            return str(TieBreak.REPEAT_ONCE_THEN_LOT)
        if "choice" in self.fields:
            return data.get("choice") or None
        if "number" in self.fields:
            return data.get("number")
        if not data.get("fraction"):
            return None
        raw = {
            "fraction": data["fraction"].replace(" ", ""),
            "strict": data.get("compared") != "at_least",
        }
        if self.name is RuleName.QUORUM:
            return raw | {"base": "all_seats", "at_least": data.get("at_least") or 0}
        return raw | {"base": data.get("base"), "abstentions": data.get("abstentions")}

    @staticmethod
    def _spread(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            return {"number": value, "choice": value}
        compared = "more" if value["strict"] else "at_least"
        return {**value, "compared": compared}

    @property
    def fixed_value(self) -> str:
        """The only value that such a rule has, in words; "" where one is chosen."""
        if self.name is RuleName.MAJORITY_ELECTION:
            return self._in_words(value_as_json(ELECTION_MAJORITY))
        if self.name is RuleName.TIE_BREAK:
            return self._in_words(str(TieBreak.REPEAT_ONCE_THEN_LOT))
        return ""

    def _in_words(self, raw: Any) -> str:
        value = value_from_json(self.name, raw)
        return describe_value(self.name, value).in_language(reader_language())
