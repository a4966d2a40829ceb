"""Cells of the office's lists: what Wagtail's plain cell shows, without a template for each."""

from __future__ import annotations

from typing import Any

from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.timezone import template_localtime
from wagtail.admin.ui.tables import Column as TemplateColumn


class Column(TemplateColumn):
    """One field. A list has hundreds of cells: rendering a template for each took most of its time.

    Moments are shown in the reader's zone and form; whole numbers without separators, as
    Wagtail does.
    """

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        value = self.get_value(instance)
        if value is None or not str(value).strip():
            shown: Any = self.empty_value_display
        elif isinstance(value, int) and not isinstance(value, bool):
            shown = str(value)
        else:
            shown = localize(template_localtime(value))
        if self.classname:
            return format_html('<td class="{}">{}</td>', self.classname, conditional_escape(shown))
        return format_html("<td>{}</td>", conditional_escape(shown))
