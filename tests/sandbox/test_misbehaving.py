"""A model that ends, hangs or answers with something else costs its own verdict, and nothing more."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import psutil
import pytest

from mlgate.errors import ModelError
from mlgate.opening import predict
from mlgate.tabular import Columns, PredictionKind, Table

if TYPE_CHECKING:
    from tests.sandbox.conftest import Open

COLUMNS = Columns(label="y", weight="w", entity="who")
TABLE = Table.of(pl.DataFrame({"x": [1.0, 2.0, 3.0], "y": [0, 1, 0], "w": [1.0, 1.0, 1.0], "who": [1, 2, 3]}))
CLASS = """
import os, pickle, sys
import numpy as np


class Model:
    features = None

    def predict(self, table):
        from mlgate.tabular import Predictions

        x = table.collect(["x"])["x"].to_numpy()
        {body}


model = Model()
"""


def channel(body: str) -> str:
    """Source that writes to every descriptor that it finds: the gate's channel is among them."""
    return f"""
import os
def spoil(content):
    for number in range(3, 32):
        try:
            os.write(number, content)
        except OSError:
            pass
{body}
"""


def predicting(body: str) -> str:
    return CLASS.format(body=body)


def told(open_source: Open, source: str, seconds: float = 60.0) -> str:
    """The sentence that opening and predicting end with."""
    with pytest.raises(ModelError) as caught:
        predict(open_source(source, seconds), TABLE, COLUMNS)
    return caught.value.message


def workers() -> set[psutil.Process]:
    """The processes that this one started and that run."""
    return {each for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE}


def answering(header: str, payload: str) -> str:
    """Source of a model that answers itself with what no `Predictions` could hold, and then is silent."""
    body = f"""head = json.dumps({header}).encode(); body = {payload}
        spoil(struct.pack('!4sIQ', b'mlg1', len(head), len(body)) + head + body); time.sleep(600)"""
    return channel("import json, struct, time") + predicting(body)


AT_OPENING = {
    "exits": (
        "import os; os._exit(3)",
        "The model model.pkl ended its process with exit code 3 when it was opened.",
    ),
    "says a last word": (
        "import os, sys; print('out of luck', flush=True); os._exit(0)",
        "The model model.pkl ended its process with exit code 0, and said last: 'out of luck', when it was opened.",
    ),
    "crashes": (
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "The model model.pkl crashed its process (SIGSEGV) when it was opened.",
    ),
    "ends by a signal without a name": (
        "import os; os.kill(os.getpid(), 40)",
        "The model model.pkl crashed its process (signal 40) when it was opened.",
    ),
    "is killed": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "The model model.pkl was killed, as a system does that runs out of memory, when it was opened.",
    ),
    "writes garbage": (
        channel("spoil(b'garbage' * 9)"),
        "The model model.pkl answered with other bytes than an answer when it was opened.",
    ),
    "claims a huge answer": (
        channel("import struct; spoil(struct.pack('!4sIQ', b'mlg1', 2, 1 << 50) + b'{}')"),
        "The model model.pkl answered with 1,125,899,906,842,624 bytes, where 0 are the most when it was opened.",
    ),
    "claims a huge header": (
        channel("import struct; spoil(struct.pack('!4sIQ', b'mlg1', 1 << 31, 0))"),
        "The model model.pkl answered with a header of 2,147,483,648 bytes, where 8,388,608 are the most "
        "when it was opened.",
    ),
    "answers with a pickle": (
        channel("import pickle, struct; p = pickle.dumps({}); spoil(struct.pack('!4sIQ', b'mlg1', len(p), 0) + p)"),
        "The model model.pkl answered with a header that is no JSON when it was opened.",
    ),
    "answers with other JSON": (
        channel("import struct; spoil(struct.pack('!4sIQ', b'mlg1', 16, 0) + b'{\"features\": 42}')"),
        "The model model.pkl answered with what are no features when it was opened.",
    ),
    "raises SystemExit": (
        "raise SystemExit(0)",
        "The model model.pkl can't be opened: SystemExit: 0.",
    ),
    "takes all memory": (
        "model = bytearray(8 << 30)",
        "The model model.pkl can't be opened: MemoryError.",
    ),
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ends by signals, and has its memory bounded")
@pytest.mark.parametrize(("source", "sentence"), AT_OPENING.values(), ids=AT_OPENING)
def test_what_happens_when_it_is_opened_is_a_sentence(source: str, sentence: str, open_source: Open) -> None:
    """Its process is gone, and the gate knows why."""
    before = workers()
    assert told(open_source, source) == sentence
    assert workers() <= before


def test_a_model_that_hangs_is_ended(open_source: Open) -> None:
    """After the time that one answer may take."""
    assert told(open_source, "import time; time.sleep(600)", 4.0) == (
        "The model model.pkl gave no answer within 4 s when it was opened."
    )


WHILE_PREDICTING = {
    "another number of rows": (
        "return Predictions.numbers(x[1:])",
        "The model model.pkl gave 2 predictions for 3 rows (0 to 2).",
    ),
    "NaN": (
        "return Predictions.numbers(np.where(x == 2, np.nan, x))",
        "The model model.pkl predicts NaN or infinity for 1 of 3 rows: row 1.",
    ),
    "objects": (
        "return Predictions.labels(np.array([object(), 1, 2], dtype=object))",
        "The model model.pkl gave labels of type object, which are no texts, numbers or booleans.",
    ),
    "dates": (
        "return Predictions.labels(x.astype('datetime64[s]'))",
        "The model model.pkl gave predictions of type datetime64[s], which are no scores, labels or numbers.",
    ),
    "a huge answer": (
        "return Predictions.numbers(np.zeros(8_000_000))",
        "The model model.pkl answered with 64,000,004 bytes, where 16,801,792 are the most when it predicted.",
    ),
    "an error on a row": (
        "return Predictions.numbers(x) if 3 not in x else 1 / 0",
        "The model model.pkl raises on row 2: ZeroDivisionError: division by zero.",
    ),
    "an end": (
        "os._exit(7)",
        "The model model.pkl ended its process with exit code 7 when it predicted.",
    ),
}


@pytest.mark.parametrize(("body", "sentence"), WHILE_PREDICTING.values(), ids=WHILE_PREDICTING)
def test_what_happens_when_it_predicts_is_a_sentence(body: str, sentence: str, open_source: Open) -> None:
    """The same words as for a model that runs in the gate's own process, where there are some."""
    assert told(open_source, predicting(body)).startswith(sentence)


ANSWERED = "The model model.pkl answered with what are no predictions when it predicted."
LABELS = "{'kind': 'labels', 'classes': None, 'shape': [3], 'type': "
WITHOUT_PREDICTIONS = {
    "half a surrogate pair": (
        f"{LABELS}'<U1', 'table': 4}}",
        "np.array(['\\ud800'] * 3).tobytes() + b'null'",
        ANSWERED,
    ),
    "no character": (f"{LABELS}'<U1', 'table': 4}}", "b'\\xff' * 12 + b'null'", ANSWERED),
    "a boolean that is neither": (f"{LABELS}'|b1', 'table': 4}}", "b'\\x02\\x01\\x00null'", ANSWERED),
    "half a pair in the table": (f"{LABELS}'<i8', 'table': 10}}", "bytes(24) + b'[\"\\\\ud800\"]'", ANSWERED),
    "a long refusal": ("{'refused': 'x' * 5_000_000}", "b''", "x" * 2000),
    "a refusal that no file holds": ("{'refused': '\\ud800'}", "b''", "?"),
}


@pytest.mark.parametrize(("header", "payload", "sentence"), WITHOUT_PREDICTIONS.values(), ids=WITHOUT_PREDICTIONS)
def test_an_answer_of_its_own_making_is_a_sentence(header: str, payload: str, sentence: str, open_source: Open) -> None:
    """What the channel could carry and no model may say."""
    assert told(open_source, answering(header, payload)) == sentence


def test_a_model_that_reads_nothing_is_told(open_source: Open) -> None:
    """It says so itself, so that no row would be left to hand over."""
    source = predicting("return Predictions.numbers(x)").replace("features = None", "features = ()")
    assert told(open_source, source) == "The model model.pkl says that it reads no column of the table."


def test_a_model_that_prints_predicts_all_the_same(open_source: Open) -> None:
    """Its words are kept, the last four thousand bytes of them; label, weight and entity never reached it."""
    body = "print('saw', *table.columns); os.write(1, b'z' * 9000 + b'end'); return Predictions.numbers(x * 2)"
    model = open_source(predicting(body))
    predictions = predict(model, TABLE, COLUMNS)
    np.testing.assert_array_equal(predictions.values, [2.0, 4.0, 6.0])
    assert predictions.kind is PredictionKind.VALUES
    model.close()
    assert model.printed is not None
    assert len(model.printed) == 4096
    assert model.printed.endswith("zend")


def test_labels_weights_and_entities_never_enter(open_source: Open) -> None:
    """A model that does not say what it reads gets all the other columns."""
    body = "return Predictions.labels(np.array([','.join(table.columns)] * len(x), dtype=object))"
    assert list(predict(open_source(predicting(body)), TABLE, COLUMNS).values) == ["x", "x", "x"]


def test_one_process_answers_all_questions_and_fails_for_good(open_source: Open) -> None:
    """A count in it goes on; after its end every question gets the same sentence."""
    body = (
        "self.n = getattr(self, 'n', 0) + 1; return Predictions.numbers(x * 0 + self.n) if self.n < 3 else os._exit(1)"
    )
    model = open_source(predicting(body))
    assert [model.predict(TABLE).values[0] for _ in range(2)] == [1.0, 2.0]
    for _ in range(2):
        with pytest.raises(ModelError, match=r"ended its process with exit code 1 when it predicted\."):
            model.predict(TABLE)
