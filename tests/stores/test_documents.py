"""Documents in columns come back as they were, half an emoji included; what an older version wrote is still read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.documents import JSON_BY

written, read = JSON_BY["json_serializer"], JSON_BY["json_deserializer"]
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


@given(documents)
def test_a_document_comes_back_as_it_was(document):
    assert read(written(document)) == document
    assert read(json.dumps(document)) == document


@pytest.mark.parametrize("text", ["\ud83d", "a \udc4d b", {"name": "\ud83d"}])
def test_half_an_emoji_is_no_trouble(text):
    assert read(written(text)) == text
    assert read(json.dumps(text)) == text


def test_what_is_no_document_is_refused():
    with pytest.raises(TypeError):
        written({"of": object()})
