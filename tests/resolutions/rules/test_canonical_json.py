"""One canonical form, the same as RFC 8785 for what is hashed here."""

from __future__ import annotations

import hashlib

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from resolutions.rules.canonical_json import canonical_json, sha256_hex

ascii_keys = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", max_size=8)
texts = st.text('가나다abc "\\/\n·①é', max_size=12)
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ascii_keys, inner, max_size=4),
    max_leaves=12,
)


@given(documents)
def test_it_is_rfc_8785(document):
    assert canonical_json(document).encode() == rfc8785.dumps(document)


def test_keys_are_sorted_and_hangul_is_kept():
    assert canonical_json({"나": 1, "a": ["서울", True, None]}) == '{"a":["서울",true,null],"나":1}'


def test_floats_are_refused():
    with pytest.raises(TypeError):
        canonical_json({"share": 0.5})


def test_the_hash_is_over_utf_8():
    assert sha256_hex("서울") == hashlib.sha256("서울".encode()).hexdigest()
