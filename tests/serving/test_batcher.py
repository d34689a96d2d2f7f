"""Batching: equal shapes together, everybody answered once, nobody waits for company."""

import asyncio
import threading
import time

import numpy as np
import pytest

from core.errors import DomainError, InvalidInput
from serving.runtime.batcher import InlineBatcher, LightBatcher, QueueFull, ThreadBatcher, Work, groups_of
from serving.runtime.measure import profile_session, trial
from serving.runtime.session import ModelSession, ModelUnusable
from tests.serving.plane import answer_model, endless_model, picture_model, slow_model, tiny_model


@pytest.fixture
def session(tmp_path):
    def load(content):
        path = tmp_path / "model.onnx"
        path.write_bytes(content)
        return ModelSession(path)

    return load


def picture(height, width, rows=1, seed=0):
    return np.random.default_rng(seed).integers(0, 255, (rows, height, width, 3), dtype=np.uint8)


def work(feeds, done=lambda outcome: None, **options):
    rows = len(next(iter(feeds.values()))) if feeds else 1
    return Work(rows=rows, deadline=asyncio.get_running_loop().time() + 10, feeds=feeds, done=done, **options)


async def outcomes_of(batcher, feeds):
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in feeds]
    for given, future in zip(feeds, futures, strict=True):
        batcher.submit([work(given, future.set_result)])
    return await asyncio.wait_for(asyncio.gather(*futures), 20)


@pytest.mark.parametrize("kind", [InlineBatcher, ThreadBatcher])
def test_every_answer_equals_the_one_of_a_run_alone(session, kind):
    loaded = session(picture_model())
    feeds = [{"image": picture(4 + n % 3, 5, rows=1 + n % 4, seed=n)} for n in range(60)]

    async def main():
        batcher = kind(loaded, best_rows=8, queue_limit=100)
        outcomes = await outcomes_of(batcher, feeds)
        assert batcher.pending == 0
        batcher.close()
        return outcomes

    for given, outcome in zip(feeds, asyncio.run(main()), strict=True):
        np.testing.assert_allclose(outcome[0], loaded.run(given)[0], rtol=1e-4)


def test_groups_hold_equal_shapes_and_at_most_the_best_rows(session):
    loaded = session(picture_model())

    async def main():
        works = [work({"image": picture(4 + n % 2, 5, rows=3)}) for n in range(10)]
        groups = groups_of(loaded, works, best_rows=8)
        assert sorted(id(item) for group in groups for item in group) == sorted(map(id, works))
        for group in groups:
            assert len({item.feeds["image"].shape[1:] for item in group}) == 1
            assert sum(item.rows for item in group) <= 8

    asyncio.run(main())


def test_a_single_request_does_not_wait(session):
    loaded = session(answer_model(5))

    async def main():
        batcher = ThreadBatcher(loaded, best_rows=32, queue_limit=10)
        await outcomes_of(batcher, [{"x": np.zeros((1, 1), np.float32)}])
        start = time.perf_counter()
        await outcomes_of(batcher, [{"x": np.zeros((1, 1), np.float32)}])
        batcher.close()
        return time.perf_counter() - start

    assert asyncio.run(main()) < 0.05


def test_one_bad_input_spoils_nobody_elses_answer(session):
    loaded = session(picture_model())

    def refuse():
        raise InvalidInput("no picture")

    def bug():
        raise KeyError("bug")

    async def main():
        loop = asyncio.get_running_loop()
        batcher = ThreadBatcher(loaded, best_rows=8, queue_limit=10)
        makers = [lambda: {"image": picture(4, 4)}, refuse, bug, lambda: {"image": picture(4, 4)}]
        futures = [loop.create_future() for _ in makers]
        deadline = loop.time() + 10
        batcher.submit(
            [
                Work(rows=1, deadline=deadline, prepare=make, done=future.set_result)
                for make, future in zip(makers, futures, strict=True)
            ]
        )
        outcomes = await asyncio.gather(*futures)
        batcher.close()
        return outcomes

    good, refused, broken, also_good = asyncio.run(main())
    np.testing.assert_array_equal(good[0], also_good[0])
    assert refused.code == "no_picture" or isinstance(refused, InvalidInput)
    assert broken.status == 500


def test_the_queue_takes_all_works_of_a_request_or_none(session):
    loaded = session(answer_model(1))

    async def main():
        for batcher in (
            InlineBatcher(loaded, best_rows=4, queue_limit=3),
            ThreadBatcher(loaded, best_rows=4, queue_limit=3),
        ):
            rows = [work({"x": np.zeros((1, 1), np.float32)}) for _ in range(4)]
            with pytest.raises(QueueFull):
                batcher.submit(rows)
            assert batcher.pending == 0
            batcher.submit(rows[:3])
            with pytest.raises(QueueFull):
                batcher.submit(rows[3:])
            batcher.close()

    asyncio.run(main())


def test_a_light_models_large_request_leaves_the_loop(session):
    loaded = session(tiny_model())
    threads = []
    run = loaded.run
    loaded.run = lambda *args: (
        threads.append(threading.current_thread() is threading.main_thread()) or run(*args)
    )

    async def main():
        batcher = LightBatcher(loaded, best_rows=32, queue_limit=10, single_us=10.0)
        await outcomes_of(batcher, [{"features": np.ones((rows, 4), np.float32)} for rows in (1, 4_000)])
        batcher.close()

    asyncio.run(main())
    assert threads == [True, False]


def test_an_expired_work_is_answered_once_and_never_run(session):
    loaded = session(slow_model())

    async def main():
        loop = asyncio.get_running_loop()
        batcher = ThreadBatcher(loaded, best_rows=1, queue_limit=10)
        answers = []
        feeds = {"x": np.ones((1, 1), np.float32)}
        for _ in range(3):
            batcher.submit([Work(rows=1, deadline=loop.time() + 0.02, feeds=feeds, done=answers.append)])
        while batcher.pending:
            await asyncio.sleep(0.01)
        batcher.close()
        return answers

    answers = asyncio.run(main())
    assert len(answers) == 3
    assert all(isinstance(answer, DomainError) and answer.status == 504 for answer in answers[1:])


def test_models_whose_cost_depends_on_values_are_not_called_predictable(session):
    assert session(tiny_model()).is_predictable
    assert not session(endless_model()).is_predictable
    assert not session(picture_model()).is_predictable


def test_the_best_batch_of_a_tiny_model_is_large_and_it_is_light(session):
    profile = profile_session(session(tiny_model()))
    assert profile.light
    assert profile.best_rows >= 8


@pytest.mark.parametrize("content", [b"", b"text", answer_model(1)[:-9]])
def test_a_trial_refuses_what_does_not_load(tmp_path, content):
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ModelUnusable):
        trial(tmp_path / "model.onnx")
