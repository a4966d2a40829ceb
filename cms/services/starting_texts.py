"""What a new network's pages say until the office writes its own: neutral, in both languages."""

from __future__ import annotations

from typing import Any, Final

from secretariat.kernel.models import Network

Texts = dict[str, dict[str, Any]]


def home(network: Network) -> Texts:
    """The front page."""
    return {
        "ko": {
            "title": network.name_in("ko"),
            "lead": "도시들이 함께 좋은 일자리의 규칙을 정하고, "
            "그 결정과 정책을 모두에게 공개합니다.",
            "introduction": "",
        },
        "en": {
            "title": network.name_in("en"),
            "lead": "Cities decide together on rules for decent work, and show their decisions "
            "and practices to everyone.",
            "introduction": "",
        },
    }


def about(network: Network) -> Texts:
    """About the network."""
    return {
        "ko": {
            "title": "네트워크 소개",
            "introduction": f"{network.name_in('ko')}은 좋은 일자리를 만들고 지키려는 도시들의 "
            "모임입니다.",
            "body": "<p>회원 도시는 저마다 한 의석을 가집니다. 도시들은 총회에서 규약을 정하고, "
            "선언과 결의를 채택하며, 의장도시를 뽑습니다.</p>"
            "<h2>이 누리집에서 볼 수 있는 것</h2>"
            "<ul><li>시행 중인 규약과 채택된 선언의 전문, 그리고 그 모든 판</li>"
            "<li>표결의 결과와 그 까닭: 정족수, 의결정족수, 도시별 표</li>"
            "<li>도시의 정책 사례를 모은 자료실</li></ul>"
            "<h2>누구나 확인할 수 있습니다</h2>"
            "<p>네트워크의 모든 행위는 감사 장부에 남습니다. 채택된 글에는 지문(SHA-256)이 있어 "
            "한 글자라도 바뀌면 드러납니다.</p>",
        },
        "en": {
            "title": "About the network",
            "introduction": f"{network.name_in('en')} is a body of cities that want to create and "
            "protect decent work.",
            "body": "<p>Each member city has one seat. In the assembly the cities decide on their "
            "bylaws, adopt declarations and resolutions, and elect the chair city.</p>"
            "<h2>What you find here</h2>"
            "<ul><li>the bylaws in force and every adopted declaration, in all their editions</li>"
            "<li>the results of votes and the reasons for them: quorum, majority, the vote of "
            "each city</li>"
            "<li>a library of the cities' policy practices</li></ul>"
            "<h2>Anyone can check</h2>"
            "<p>Every act of the network is kept in an audit ledger. Adopted texts carry a "
            "fingerprint (SHA-256), so that a single changed letter is seen.</p>",
        },
    }


NEWS: Final[Texts] = {
    "ko": {"title": "소식", "introduction": "네트워크와 회원 도시의 소식입니다."},
    "en": {"title": "News", "introduction": "News of the network and its member cities."},
}

FORUMS: Final[Texts] = {
    "ko": {"title": "포럼", "introduction": "도시와 전문가가 만나 배우고 토론하는 자리입니다."},
    "en": {
        "title": "Forums",
        "introduction": "Where cities and experts meet, learn from each other and debate.",
    },
}

ACCESSIBILITY: Final[Texts] = {
    "ko": {
        "title": "접근성",
        "introduction": "누구나 이 누리집을 쓸 수 있어야 합니다.",
        "body": "<p>모든 쪽은 자바스크립트 없이 작동하고, 글쇠판만으로 쓸 수 있으며, "
        "화면낭독기로 읽을 수 있도록 만들었습니다. 기준은 웹 콘텐츠 접근성 지침(WCAG) 2.2 "
        "AA입니다.</p>"
        "<ul><li>색만으로 뜻을 나타내지 않습니다. 도시의 의석에는 색과 함께 모양과 글자가 "
        "있고, 그림 뒤에는 같은 내용의 표가 있습니다.</li>"
        "<li>기기의 밝은 화면과 어두운 화면, 움직임 줄이기 설정을 따릅니다.</li>"
        "<li>모든 쪽은 주소와 날짜를 갖춘 문서로 인쇄됩니다.</li></ul>"
        "<p>쓰기 어려운 곳이 있으면 사무국에 알려 주십시오.</p>",
    },
    "en": {
        "title": "Accessibility",
        "introduction": "Everyone must be able to use this site.",
        "body": "<p>Every page works without JavaScript, with the keyboard alone, and with a "
        "screen reader. The measure is the Web Content Accessibility Guidelines (WCAG) 2.2, "
        "level AA.</p>"
        "<ul><li>Colour alone never carries a meaning: a city's seat has a shape or a letter "
        "too, and behind each drawing stands a table that says the same.</li>"
        "<li>The site follows your device's light or dark theme and its wish for less "
        "motion.</li>"
        "<li>Every page prints as a document with its address and date.</li></ul>"
        "<p>If something is hard to use, please tell the office.</p>",
    },
}
