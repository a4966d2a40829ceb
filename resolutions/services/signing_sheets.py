"""The sheet on which a city signs an edition on paper."""

from __future__ import annotations

from members.models import City
from resolutions.exports.signing_sheet import SigningSheet, signing_sheet_pdf
from resolutions.models import Edition
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.models import Network


def signing_sheet(*, edition: Edition, city: City | None = None, language: str = "ko") -> bytes:
    """A PDF of one page: for one city, or with a line where any writes its name.

    `language` leads, the others follow. Give the edition with its languages.
    """
    rows = sorted(edition.languages.all(), key=lambda row: (row.language != language, row.language))
    network = Network.objects.filter(pk=1).first()
    names = " · ".join(dict.fromkeys(city.name_in(row.language) for row in rows)) if city else ""
    return signing_sheet_pdf(
        SigningSheet(
            titles={row.language: row.title for row in rows},
            edition=edition.number,
            adopted_on=edition.adopted_on,
            sha256=edition.sha256,
            hashes={row.language: row.sha256 for row in rows},
            network=Bilingual({row.language: network.name_in(row.language) for row in rows})
            if network
            else Bilingual(),
            made_at=edition.adopted_at,
            city=names,
        )
    )
