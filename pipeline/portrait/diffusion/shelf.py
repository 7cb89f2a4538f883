"""What stays loaded: the things used last, as many as a budget of memory holds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Shelf(Generic[K, T]):
    """Least recently used goes first. ``budget`` and sizes in the same unit, GiB here. For one thread."""

    def __init__(self, budget: float) -> None:
        self.budget = budget
        self._things: OrderedDict[K, tuple[T, float]] = OrderedDict()

    def get(self, key: K, size: float, load: Callable[[], T]) -> T:
        """The thing, loaded once there is room for it; one that is larger than the budget gets all of that.

        Raises what ``load`` does; then it is not kept, and what went for it is gone.
        """
        if key not in self._things:
            self.make_room(size)
            self._things[key] = load(), min(size, self.budget)
        self._things.move_to_end(key)
        return self._things[key][0]

    def peek(self, key: K) -> T | None:
        """The thing, if it is there; it does not count as used."""
        return self._things[key][0] if key in self._things else None

    def make_room(self, size: float) -> None:
        """Lets go of things until so much is free, or all of it."""
        while self._things and size > self.free:
            self._things.popitem(last=False)

    def keep_only(self, key: K) -> bool:
        """Lets go of all others; whether there were any."""
        others = [other for other in self._things if other != key]
        for other in others:
            del self._things[other]
        return bool(others)

    def drop(self, key: K) -> None:
        """Lets go of one, if it is there."""
        self._things.pop(key, None)

    @property
    def free(self) -> float:
        """What is left of the budget."""
        return self.budget - sum(size for _, size in self._things.values())

    @property
    def keys(self) -> tuple[K, ...]:
        """What is there; what goes first stands first."""
        return tuple(self._things)
