"""Fetches one page ahead of whoever consumes it, and never more than one."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def prefetched(pages: Generator[T, None, None]) -> Iterator[T]:
    """Yield what ``pages`` yields while a background thread works on the next one.

    Nothing starts before the first page is asked for. An error of ``pages`` is raised in its
    turn. Closing waits for the page under way, fetches no other and closes ``pages``.
    """
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="scrambler-source") as background:
            ahead = background.submit(next, pages, None)
            while (page := ahead.result()) is not None:
                ahead = background.submit(next, pages, None)
                yield page
    finally:
        pages.close()
