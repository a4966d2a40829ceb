"""Article 5 of the bylaws is amended: from a delegate's draft to a file that anyone can check.

Five cities and the office sit at browsers; the other seats are spoken for by the services, as
their delegates. Proposing needs two cities that join (Art. 24(1)); adopting two thirds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Request, expect

from tests.browser.looking import VIOLATIONS
from tests.browser.running import Site
from tests.browser.test_whole_story import press, says, sign_in

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]

AMENDMENTS = "/ko/office/texts/bylaws/amendments/"
PUBLIC = "/ko/texts/bylaws/amendments/"
OURS = {
    "ko": (
        "가입하려는 도시는 그 장이 서명한 신청서를 서울사무소에 내고, "
        "네 기둥을 실천한 정책 하나를 소개한다."
    ),
    "en": (
        "A city that wishes to join sends the Seoul Office an application signed by its head of "
        "government and presents one policy that puts the four pillars into practice."
    ),
}
THEIRS = {
    "ko": "가입하려는 도시는 시장이나 의회 의장이 서명한 신청서를 서울사무소에 낸다.",
    "en": "A city that wishes to join sends an application signed by its mayor or council.",
}
NEW = {
    "ko": "신청서는 받은 날부터 한 달 안에 모든 회원도시에 알린다.",
    "en": "Every member city is told of an application within one month.",
}
OTHERS_VOTE = """
from members.models import Mandate
from members.policies import in_force
from resolutions.models import Vote
from resolutions.services.votes import cast_vote
from secretariat.kernel import clock
now = clock.now()
vote = Vote.objects.get(slug={vote!r})
for seat in vote.seats.filter(ballot=None, present_at_opening=True).select_related("city"):
    mandate = Mandate.objects.filter(in_force(now), city=seat.city, accredited_at__isnull=False)[0]
    choice = "against" if seat.city.slug == "milan" else "for"
    cast_vote(vote=vote, city=seat.city, choice=choice, actor=mandate.person, now=now)
"""


def test_from_the_draft_of_a_delegate_to_the_file_that_anyone_checks(
    own_site: Site, visitor: Visitor, pictures: Path, tmp_path: Path
) -> None:
    site = own_site
    vienna = sign_in(visitor(viewport={"width": 1280, "height": 900}), site, "빈 대표")

    # Vienna writes Article 5 as it should read, sees what changes, says why, and files.
    begin(vienna, site, "vienna")
    vienna.get_by_role("link", name="제5조 가입").click()
    for code in ("ko", "en"):
        vienna.locator(f"[name='text:art5.p2:{code}']").fill(OURS[code])
    vienna.get_by_role("button", name=re.compile("^다음에 항 더하기.*③")).click()
    for code in ("ko", "en"):
        vienna.locator(f"[name='text:art5.p4:{code}']").fill(NEW[code])
    assert press(vienna, "달라지는 내용 보기") == 200
    says(vienna, "제5조에 제4항을 다음과 같이 신설한다.")
    says(vienna, "After Article 5(3) insert:")
    shown = vienna.locator("section[aria-labelledby=preview] ins")
    expect(shown.filter(has_text="네 기둥을 실천한").first).to_be_visible()
    vienna.screenshot(path=pictures / "amendment-editor-ko.png", full_page=True)
    assert press(vienna, "초안에 저장하기") == 200
    explain_and_file(vienna, "가입을 신청하는 도시의 정책을 함께 알고자 합니다.")
    says(vienna, "도시 2곳이 더 공동발의하여야 합니다.")

    # Two other cities stand behind it; Milan files against it, and gets two as well.
    join(visitor(), site, "hamburg", "함부르크", 1)
    join(visitor(), site, "new-york", "뉴욕", 1)
    milan = sign_in(visitor(), site, "밀라노 대표")
    begin(milan, site, "milan")
    milan.get_by_role("link", name="제5조 가입").click()
    for code in ("ko", "en"):
        milan.locator(f"[name='text:art5.p2:{code}']").fill(THEIRS[code])
    press(milan, "초안에 저장하기")
    says(milan, "수정안 제1호")
    explain_and_file(milan, "의회의 뜻도 담아야 합니다.")
    for city, name in (("marseille", "마르세유"), ("busan", "부산")):
        join(visitor(), site, city, name, 2)

    # The office examines both and sees the conflict, in a word, in the words themselves.
    general = sign_in(visitor(viewport={"width": 1280, "height": 900}), site, "사무총장")
    says(general, "수정안 2건 심사하기")
    for number in (1, 2):
        general.goto(f"{site.url}{AMENDMENTS}{number}/")
        says(general, "양립 불가")
        general.get_by_role("radio", name="접수합니다", exact=True).check()
        general.locator("[name=reasons_ko]").fill("기한 안에 요건을 갖추어 제출되었습니다.")
        general.locator("[name=reasons_en]").fill("Filed in time and in due form.")
        assert press(general, "접수 여부 결정하기") == 200
    general.goto(site.url + AMENDMENTS)
    cell = general.get_by_role("row", name=re.compile("^1 ")).get_by_role("link", name="양립 불가")
    general.screenshot(path=pictures / "amendment-conflicts-ko.png", full_page=True)
    cell.click()
    says(general, "제5조제2항")
    expect(general.locator("ins", has_text="시장이나 의회 의장이").first).to_be_visible()

    # The returning officer puts the first one to the vote; the assembly adopts it.
    officer = sign_in(visitor(), site, "선거관리관")
    officer.goto(site.url + AMENDMENTS)
    officer.get_by_role("checkbox", name=re.compile("^수정안 제2호")).last.uncheck()
    assert press(officer, "표결 준비하기") == 200
    officer.get_by_role("link", name=re.compile("규약 수정안 제1호")).first.click()
    press(officer, "투표 열기")
    vote = officer.url.rstrip("/").rsplit("/", 1)[1]
    vienna.goto(f"{site.url}/ko/desk/vienna/votes/{vote}/")
    says(vienna, "네 기둥을 실천한 정책 하나를 소개한다")
    vienna.get_by_role("radio", name="찬성", exact=True).check()
    assert press(vienna, "투표하기") == 200
    site.command("shell", "--no-imports", "-c", OTHERS_VOTE.format(vote=vote))
    officer.goto(f"{site.url}/ko/office/votes/{vote}/")
    press(officer, "투표 마감하기")
    says(officer, "찬성 19표, 반대 1표")
    milan.goto(f"{site.url}/ko/desk/milan/amendments/")
    says(milan, "폐기")

    # Nothing is typed again: applied, adopted, published.
    general.goto(site.url + AMENDMENTS)
    press(general, "채택된 수정안 반영하기")
    press(general, "다음 판 채택하기")
    general.goto(f"{site.url}/ko/office/texts/bylaws/")
    press(general, "제2판 공표하기")

    # The public compares old and new, reads the amendment, and checks the file that it downloads.
    public = visitor(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    public.goto(f"{site.url}{PUBLIC}1/")
    says(public, "채택되어 제2판에 반영되었습니다.")
    assert public.evaluate(f"() => {{ {AXE_SCRIPT} }}") is None
    assert public.evaluate(VIOLATIONS) == []
    public.screenshot(path=pictures / "amendment-public-ko.png", full_page=True)
    public.goto(f"{site.url}/ko/texts/bylaws/compare/1/2/")
    expect(public.locator("ins", has_text="신청서는 받은 날부터").first).to_be_visible()
    expect(public.locator("del", has_text="서울선언과 이 규약에 동의한다는").first).to_be_visible()
    check_the_download(public, site, tmp_path)
    assert '"intact": true' in site.command("verify_audit", "--json")


def begin(page: Page, site: Site, city: str) -> None:
    """A draft amendment to the bylaws, from the desk."""
    page.goto(f"{site.url}/ko/desk/{city}/")
    page.get_by_role("link", name="우리 수정안과 다른 도시의 수정안").click()
    page.get_by_label("고칠 문서").select_option(value="bylaws")
    assert press(page, "초안 시작하기") == 200
    says(page, "아직 없습니다.")


def explain_and_file(page: Page, why: str) -> None:
    page.locator("[name=note_ko]").fill(why)
    assert press(page, "제안 이유 저장하기") == 200
    assert press(page, "수정안 제출하기") == 200


def join(page: Page, site: Site, city: str, name: str, number: int) -> None:
    """Stand behind an amendment of another city, from what waits on the desk."""
    sign_in(page, site, f"{name} 대표")
    page.goto(f"{site.url}/ko/desk/{city}/")
    page.get_by_role("link", name=re.compile("^공동발의할 수 있는 다른 도시의 수정안")).click()
    page.get_by_role("link", name=re.compile(f"수정안 제{number}호$")).click()
    assert press(page, "공동발의하기") == 200
    says(page, f"공동발의하였습니다: {name}")
    page.context.close()


def check_the_download(page: Page, site: Site, folder: Path) -> None:
    """Download the PDF of edition 2 and drop it on the page that checks: nothing is sent of it."""
    address = f"{site.url}/ko/texts/bylaws/editions/2/"
    page.goto(address)
    with page.expect_download() as downloading:
        page.locator("a[href$='.both.pdf'], a[href$='.ko.pdf']").first.click()
    file = folder / "bylaws.pdf"
    downloading.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")
    page.goto(f"{site.url}/ko/verify/")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    page.get_by_label("파일", exact=True).set_input_files(file)
    expect(page.locator("#verify-results")).to_contain_text("제2판")
    asked = [request for request in sent if "sha256=" in request.url]
    assert len(asked) == 1
    assert [(request.method, request.post_data_buffer) for request in sent] == [
        ("GET", None) for _request in sent
    ]
    assert all(len(request.url) < 300 for request in sent)
