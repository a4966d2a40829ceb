"""Pages that the office writes in Wagtail: one row for each language, linked as translations."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.models.programme import DayBlock
from cms.page_contexts import context_for
from secretariat.kernel import clock

RICH_TEXT = ["h2", "h3", "bold", "ol", "ul", "link", "document-link", "blockquote"]


class SitePage(Page):
    """Base of every page. What a template needs beyond the page, `cms.views.pages` gathers."""

    is_creatable = False

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context.update(context_for(self, request))
        return context


class HomePage(SitePage):
    """The front page in one language."""

    template = "cms/pages/home.html"
    lead = models.CharField(
        _("what this is, in one sentence"), max_length=300, help_text=_("Read within five seconds.")
    )
    introduction = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("introduction")]
    subpage_types: ClassVar[list[str]] = [
        "cms.StandardPage",
        "cms.NewsIndexPage",
        "cms.ForumIndexPage",
    ]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class StandardPage(SitePage):
    """A page of text: about, accessibility."""

    template = "cms/pages/standard.html"
    introduction = models.TextField(_("introduction"), blank=True)
    body = RichTextField(pgettext_lazy("body", "text"), features=RICH_TEXT, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage", "cms.StandardPage"]
    subpage_types: ClassVar[list[str]] = ["cms.StandardPage"]

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")


class NewsIndexPage(SitePage):
    """The list of news."""

    template = "cms/pages/news_index.html"
    introduction = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.NewsPage"]

    class Meta:
        verbose_name = _("list of news")
        verbose_name_plural = _("lists of news")


class NewsPage(SitePage):
    """A piece of news. `published_at` is the network's own time; Wagtail's moments are real."""

    template = "cms/pages/news.html"
    published_at = models.DateTimeField(_("date and time"))
    introduction = models.TextField(_("introduction"), blank=True)
    body = RichTextField(pgettext_lazy("body", "text"), features=RICH_TEXT, blank=True)
    link = models.CharField(
        _("what it is about"),
        max_length=300,
        blank=True,
        help_text=_("An address below the language, such as texts/bylaws/."),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("published_at"),
        FieldPanel("introduction"),
        FieldPanel("body"),
        FieldPanel("link"),
    ]
    parent_page_types: ClassVar[list[str]] = ["cms.NewsIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Nothing is there before its time; who writes it in the admin sees it in the preview."""
        now = getattr(request, "now", None) or clock.now()
        if self.published_at > now and not getattr(request, "is_preview", False):
            raise Http404
        return super().serve(request, *args, **kwargs)

    @property
    def published_on(self) -> date:
        """The day, by the clock of the network."""
        return timezone.localtime(self.published_at).date()

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")


class ForumIndexPage(SitePage):
    """The list of forums."""

    template = "cms/pages/forum_index.html"
    introduction = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.ForumPage"]

    class Meta:
        verbose_name = _("list of forums")
        verbose_name_plural = _("lists of forums")


class ForumPage(SitePage):
    """A forum with its programme. Times are local, in `time_zone`."""

    template = "cms/pages/forum.html"
    theme = models.CharField(_("theme"), max_length=300, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Seoul")
    place = models.CharField(_("place"), max_length=300, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)
    note = models.TextField(
        _("note on the programme"), blank=True, help_text=_("For instance that it is provisional.")
    )
    body = RichTextField(pgettext_lazy("body", "text"), features=RICH_TEXT, blank=True)
    programme = StreamField([("day", DayBlock())], verbose_name=_("programme"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("theme"),
        FieldPanel("starts_on"),
        FieldPanel("ends_on"),
        FieldPanel("time_zone"),
        FieldPanel("place"),
        FieldPanel("introduction"),
        FieldPanel("note"),
        FieldPanel("body"),
        FieldPanel("programme"),
    ]
    parent_page_types: ClassVar[list[str]] = ["cms.ForumIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("forum")
        verbose_name_plural = _("forums")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="forum_ends_after_it_starts",
            ),
        ]
