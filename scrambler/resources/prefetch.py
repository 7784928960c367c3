"""Makes one item ahead of whoever consumes it, and never more than one."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def prefetched(items: Generator[T, None, None]) -> Generator[T, None, None]:
    """Yield what ``items`` yields while a background thread works on the next one.

    Nothing starts before the first item is asked for. An error of ``items`` is raised in its
    turn. Closing waits for the item under way, asks for no other and closes ``items``.
    """
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="scrambler-ahead") as background:
            ahead = background.submit(next, items, None)
            while (item := ahead.result()) is not None:
                ahead = background.submit(next, items, None)
                yield item
    finally:
        items.close()
