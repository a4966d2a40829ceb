"""The audit ledger: every act's place in the chain, for anyone to check."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.components import Crumb, EmptyState
from cms.paging import page_of
from secretariat.kernel.access import Access, access
from secretariat.kernel.audit import GENESIS, LEDGER
from secretariat.kernel.models import ChainHead, LedgerLine, Network
from secretariat.kernel.replies import DEMONSTRATION_NOTICE

LINES_AT_ONCE = 1_000


@access(Access.PUBLIC)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The ledger, latest line first; `?chain=` shows the lines of one chain."""
    chain = request.GET.get("chain", "")[:200]
    lines = LedgerLine.objects.order_by("-number")
    if chain:
        lines = lines.filter(chain=chain)
    heads = ChainHead.objects.exclude(chain=LEDGER)
    context = {
        "head": ChainHead.objects.filter(chain=LEDGER).first(),
        "chain": chain,
        "chain_head": heads.filter(chain=chain).first() if chain else None,
        "heads": [] if chain else list(heads.order_by("chain")[:200]),
        "head_count": heads.count(),
        "page": page_of(request, lines, per_page=50),
        "empty": EmptyState(
            title=_("Nothing recorded yet"),
            text=_("Every act of the network adds a line here."),
        ),
        "crumbs": [Crumb(_("Audit ledger"))],
    }
    return render(request, "cms/public/ledger.html", context)


@access(Access.PUBLIC)
@require_safe
def ledger_json(request: HttpRequest) -> JsonResponse:
    """The ledger for programs: heads, and lines after `?after=` (by number, 0 at first).

    `next` is the address of the lines that follow, null at the end.
    """
    after = request.GET.get("after", "0")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) < 16 else 0
    found = list(LedgerLine.objects.filter(number__gt=number).order_by("number")[:LINES_AT_ONCE])
    head = ChainHead.objects.filter(chain=LEDGER).first()
    document: dict[str, Any] = {}
    if Network.objects.filter(pk=1, demonstration=True).exists():
        document["notice"] = DEMONSTRATION_NOTICE
    document |= {
        "ledger": {"lines": head.sequence if head else 0, "head": head.hash if head else GENESIS},
        "heads": [
            {"chain": row.chain, "sequence": row.sequence, "hash": row.hash}
            for row in ChainHead.objects.exclude(chain=LEDGER).order_by("chain")
        ],
        "lines": [
            {
                "number": line.number,
                "chain": line.chain,
                "sequence": line.sequence,
                "entry_hash": line.entry_hash,
                "previous": line.previous,
                "hash": line.hash,
            }
            for line in found
        ],
        "next": f"{request.path}?after={found[-1].number}"
        if found and head and found[-1].number < head.sequence
        else None,
    }
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False})
