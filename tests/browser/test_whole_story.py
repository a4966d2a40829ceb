"""The afternoon of 12 December 2018 to its end, in Korean: elected, certified, decided, published.

Three delegates and the office sit at browsers; the other cities answer through plain clients.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from secretariat.workspace.demonstration.source import read_json
from tests.browser.running import Site
from tests.browser.walking import HIDDEN, Walker

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]

NAMES = {row["slug"]: row["names"]["ko"] for row in read_json("cities")}
AT_BROWSERS = {"new-york": "뉴욕", "milan": "밀라노", "busan": "부산"}
ASSEMBLY = "/ko/office/assemblies/2018-founding/"
CHAIR = "/ko/office/elections/2018-chair/"
ROUND_2 = "2018-founding-4"
RESOLUTION = """노동시간을 줄이는 도시 결의

제1조(목적) 이 결의는 회원도시가 노동시간을 줄이는 일을 돕는다.
제2조(할 일) ① 회원도시는 노동시간을 해마다 조사한다.
② 조사한 결과는 누구나 볼 수 있게 한다.

2019년 3월 4일 서울에서 채택
"""
ANSWER = re.compile(r'name="choice" value="([^"]+)"[^>]*>\s*(?:<span>)?\s*([^<\n]+?)\s*<')


@pytest.fixture
def others(own_site: Site) -> Iterator[Others]:
    with closing(Others(own_site)) as seated:
        yield seated


def test_from_the_second_round_to_the_joint_statement(
    own_site: Site, visitor: Visitor, others: Others, pictures: Path
) -> None:
    site = own_site
    officer = sign_in(visitor(), site, "선거관리관")
    delegates = {
        city: sign_in(visitor(), site, f"{name} 대표") for city, name in AT_BROWSERS.items()
    }

    # The second round: Milan reads its ballot while the officer closes.
    by_keyboard(delegates["new-york"], site, "new-york", ROUND_2, "빈")
    cast(delegates["busan"], site, "busan", ROUND_2, "서울")
    open_ballot(delegates["milan"], site, "milan", ROUND_2, "빈")
    officer.goto(site.url + CHAIR)
    press(officer, "이번 투표 마감하기", sure=True)
    says(officer, "함부르크가 탈락하였습니다")
    refused = press(delegates["milan"], "투표하기")
    assert refused == 409
    says(delegates["milan"], "이미 마감된 투표입니다. 결과는 바뀌지 않습니다.")
    delegates["milan"].screenshot(path=pictures / "ballot-refused-ko.png", full_page=True)

    # The third round decides; the certificate holds when two officers have signed.
    press(officer, "3차 투표 시작하기")
    round_3 = the_open_vote(site, officer)
    for city, name in (("new-york", "서울"), ("milan", "빈"), ("busan", "서울")):
        cast(delegates[city], site, city, round_3, name)
    others.sit_down()
    others.vote(round_3, lambda city: "빈" if city in {"vienna", "london"} else "서울")
    officer.goto(site.url + CHAIR)
    says(officer, "출석한 20석 가운데 20석 투표")
    press(officer, "이번 투표 마감하기")
    press(officer, "당선 증명서 작성하기")
    press(officer, "당선 증명서에 서명하기 (선거관리관)")
    general = sign_in(visitor(), site, "사무총장")
    general.goto(f"{site.url}/ko/elections/2018-chair/certificate/")
    says(general, "아직 효력이 없습니다")
    general.goto(site.url + CHAIR)
    press(general, "당선 증명서에 서명하기 (사무총장)")
    public = visitor(viewport={"width": 1280, "height": 900})
    public.goto(f"{site.url}/ko/elections/2018-chair/certificate/")
    expect(public.locator(".certificate__elected")).to_have_text("서울")
    expect(public.get_by_text("아직 효력이 없습니다")).to_have_count(0)
    says(public, "시연용 자료이며 실제 결정이 아닙니다")
    public.screenshot(path=pictures / "certificate-ko.png", full_page=True)
    public.emulate_media(media="print")
    public.screenshot(path=pictures / "certificate-print-ko.png", full_page=True)
    public.emulate_media(media="screen")

    # The Seoul Office by roll-call, on the rules of the bylaws now in force.
    officer.goto(site.url + ASSEMBLY)
    prepare_vote_on(officer, "서울사무소 설치 제안")
    press(officer, "투표 준비하기")
    press(officer, "투표 열기")
    office_vote = the_open_vote(site, officer)
    for city in AT_BROWSERS:
        cast(delegates[city], site, city, office_vote, "찬성")
    others.vote(office_vote, lambda city: "반대" if city == "london" else "찬성")
    officer.goto(f"{site.url}/ko/office/votes/{office_vote}/")
    press(officer, "투표 마감하기")
    says(officer, "찬성 19표, 반대 1표, 기권 0표")
    seal_and_publish(general, site, office_vote)

    # The joint statement by consensus: nobody objects, nobody casts a ballot.
    officer.goto(site.url + ASSEMBLY)
    prepare_vote_on(officer, "공동합의문 채택")
    officer.get_by_role("radio", name="합의").check()
    press(officer, "투표 준비하기")
    press(officer, "투표 열기")
    consensus = the_open_vote(site, officer)
    delegates["busan"].goto(f"{site.url}/ko/desk/busan/votes/{consensus}/")
    expect(delegates["busan"].get_by_role("button", name="투표하기")).to_have_count(0)
    officer.goto(f"{site.url}/ko/office/votes/{consensus}/")
    press(officer, "결과 확정하기")
    seal_and_publish(general, site, consensus)

    general.goto(site.url + ASSEMBLY)
    press(general, "총회 마치기", sure=True)

    # Everybody reads it, in both languages, and on paper.
    public.goto(f"{site.url}/ko/texts/joint-statement-2018/")
    public.get_by_role("link", name="English", exact=True).first.click()
    expect(public).to_have_url(f"{site.url}/en/texts/joint-statement-2018/")
    says(public, "Edition 1")
    public.emulate_media(media="print")
    public.screenshot(path=pictures / "joint-statement-print-en.png", full_page=True)
    public.emulate_media(media="screen")
    public.goto(f"{site.url}/ko/search/?q=공동합의문")
    says(public, "2018년 공동합의문")
    public.goto(f"{site.url}/ko/cities/seoul/")
    public.screenshot(path=pictures / "city-seoul-chair-ko.png", full_page=True)
    assert '"intact": true' in site.command("verify_audit", "--json")


def test_start_again_puts_everything_back(own_site: Site, visitor: Visitor) -> None:
    page = sign_in(visitor(), own_site, "뉴욕 대표")
    page.goto(f"{own_site.url}/demo/?lang=ko")
    page.get_by_role("checkbox", name="이 시연에서 한 일을 모두 버립니다.").check()
    page.set_default_timeout(120_000)
    page.get_by_role("button", name="처음부터 다시", exact=True).click(timeout=120_000)
    says(page, "뉴욕, 밀라노, 부산")
    page.goto(f"{own_site.url}/ko/desk/new-york/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.goto(f"{own_site.url}/ko/decisions/{ROUND_2}/")
    says(page, "17")
    expect(page.get_by_text("함부르크가 탈락하였습니다")).to_have_count(0)


def test_the_office_imports_a_text_after_seeing_what_it_becomes(
    own_site: Site, visitor: Visitor, pictures: Path
) -> None:
    page = sign_in(visitor(), own_site, "사무총장")
    page.goto(f"{own_site.url}/ko/office/texts/import/")
    page.get_by_label("주소 이름").fill("work-hours")
    page.get_by_label("종류", exact=True).select_option(label="결의")
    page.get_by_label("텍스트 파일").set_input_files(
        {"name": "work-hours.ko.txt", "mimeType": "text/plain", "buffer": RESOLUTION.encode()}
    )
    assert press(page, "미리 보기") == 200
    says(page, "아직 저장하지 않았습니다")
    says(page, "모든 줄이 제자리를 찾았습니다.")
    expect(page.locator(".legal__heading").filter(has_text="목적")).to_be_visible()
    page.screenshot(path=pictures / "import-preview-ko.png", full_page=True)
    press(page, "초안으로 저장하기")
    expect(page).to_have_url(f"{own_site.url}/ko/office/texts/work-hours/")
    says(page, "노동시간을 줄이는 도시 결의")
    # A draft is the office's: the public finds nothing yet.
    public = visitor()
    answer = public.goto(f"{own_site.url}/ko/texts/work-hours/")
    assert answer is not None
    assert answer.status == 404


def test_a_wrong_entry_of_the_attendance_is_struck_by_another(
    own_site: Site, visitor: Visitor
) -> None:
    page = sign_in(visitor(), own_site, "회원등록관")
    page.goto(f"{own_site.url}{ASSEMBLY}attendance/")
    page.get_by_role("combobox", name="퇴장한 도시").select_option(label="VIE 빈")
    press(page, "퇴장 기록하기")
    says(page, "22석 가운데 19석 출석")
    page.get_by_text("정정 기록 쓰기").click()
    wrong = page.get_by_role("combobox", name="잘못된 기록")
    entry = wrong.locator("option", has_text="빈").last.inner_text()
    wrong.select_option(label=entry)
    page.get_by_label("사유").fill("빈 대표는 자리를 옮겼을 뿐입니다.")
    press(page, "정정 기록하기")
    says(page, "22석 가운데 20석 출석")
    expect(page.locator("del")).to_have_count(1)
    says(page, "빈 대표는 자리를 옮겼을 뿐입니다.")


def sign_in(page: Page, site: Site, who: str) -> Page:
    """Sign in with one press, by the words on the button."""
    page.goto(f"{site.url}/demo/?lang=ko")
    page.get_by_role("button", name=f"{who} 로그인", exact=True).click()
    expect(page).to_have_url(re.compile("/ko/(desk|office)/"))
    return page


def open_ballot(page: Page, site: Site, city: str, vote: str, choice: str) -> None:
    page.goto(f"{site.url}/ko/desk/{city}/")
    page.locator(f"a[href$='/votes/{vote}/']").first.click()
    page.get_by_role("radio", name=choice, exact=True).check()


def cast(page: Page, site: Site, city: str, vote: str, choice: str) -> None:
    open_ballot(page, site, city, vote, choice)
    assert press(page, "투표하기") == 200
    says(page, f"의 표: {choice}")


def by_keyboard(page: Page, site: Site, city: str, vote: str, choice: str) -> None:
    """From the desk to the vote cast, without a mouse."""
    page.goto(f"{site.url}/ko/desk/{city}/")
    tab_to(page, f"a[href$='/votes/{vote}/']")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/votes/{vote}/$"))
    tab_to(page, "input[type=radio]")
    page.keyboard.press("Space")
    for _press in range(6):
        if page.locator("label:has(input:checked)").inner_text().strip() == choice:
            break
        page.keyboard.press("ArrowDown")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    says(page, f"의 표: {choice}")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until such a thing has the focus, and the focus can be seen."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            break
    focused = page.locator("*:focus")
    assert focused.evaluate("thing => thing.matches(':focus-visible')")
    assert focused.evaluate("thing => getComputedStyle(thing).outlineStyle") != "none"


def press(page: Page, words: str, *, sure: bool = False) -> int:
    """Press a button; with `sure`, tick what asks whether one is. Returns the answer's status."""
    button = page.get_by_role("button", name=words, exact=True)
    if sure:
        page.locator("form", has=button).get_by_role("checkbox").check()
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as answered:
        button.click()
    page.wait_for_load_state()
    status = answered.value.status
    return 200 if status in (302, 303) else status


def prepare_vote_on(page: Page, words: str) -> None:
    """From the console to preparing the vote on a point of the agenda."""
    page.get_by_role("link", name=re.compile(f"투표 준비.*{words}")).click()
    page.wait_for_load_state()


def says(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def the_open_vote(site: Site, officer: Page) -> str:
    """The address name of the vote that is open at the assembly."""
    officer.goto(f"{site.url}/ko/decisions/")
    row = officer.locator("li", has=officer.get_by_text("진행 중", exact=True)).first
    return row.get_by_role("link").first.get_attribute("href").strip("/").rsplit("/", 1)[1]


@dataclass
class Others:
    """The seats that are present and not at a browser, each with a client of its own."""

    site: Site
    seated: dict[str, Walker] = field(default_factory=dict)

    def sit_down(self) -> None:
        """Each signs in at the entrance, which is the same for all."""
        present = {line["city"] for line in read_json("assembly")["attendance"]}
        with closing(Walker(self.site.url)) as door:
            door.enter()
            for city in sorted(present - set(AT_BROWSERS)):
                self.seated[city] = door.another()
                answer = self.seated[city].become(f"{NAMES[city]} 대표 로그인", follow=False)
                assert (city, answer.status) == (city, 302)

    def vote(self, vote: str, choice: Callable[[str], str]) -> None:
        for city, person in self.seated.items():
            address = f"/ko/desk/{city}/votes/{vote}/"
            page = person.get(address).text
            answers = {words: value for value, words in ANSWER.findall(page)}
            fields = dict(HIDDEN.findall(page)) | {"choice": answers[choice(city)]}
            answer = person.post(address, fields)
            assert (city, answer.status) == (city, 200)
            assert f"{NAMES[city]}의 표" in unescape(answer.text), city
            person.close()  # until the next vote; the server does not keep a silent line

    def close(self) -> None:
        for person in self.seated.values():
            person.close()


def seal_and_publish(general: Page, site: Site, vote: str) -> None:
    general.goto(f"{site.url}/ko/office/votes/{vote}/")
    press(general, "문서 채택하기")
    press(general, "문서 공표하기")
