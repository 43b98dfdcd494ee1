"""A count that can show its working: symbols, then numbers, then the result."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

_NAME = re.compile(r"[a-z][a-z_]*")


def grouped(number: int) -> str:
    """``18 496``: digits in threes, so that large counts can be read."""
    return f"{number:,}".replace(",", " ")


@dataclass(frozen=True, slots=True)
class Term:
    """One product: a factor, its formula in symbols, and what the symbols stand for."""

    symbols: str
    numbers: Mapping[str, int]
    value: int
    factor: int = 1

    def times(self, factor: int) -> "Term":
        """The same product, ``factor`` times."""
        return Term(self.symbols, self.numbers, self.value, self.factor * factor)

    @property
    def total(self) -> int:
        """Factor and product together."""
        return self.factor * self.value

    def text(self, *, symbolic: bool) -> str:
        """The product in symbols, or with the numbers put in."""
        body = self.symbols
        if not symbolic:
            body = _NAME.sub(lambda match: str(self.numbers[match[0]]), body)
        if self.factor == 1:
            return body
        return f"{self.factor} × ({body})" if " + " in body else f"{self.factor} × {body}"


@dataclass(frozen=True)
class Formula:
    """A sum of products. ``str`` gives the symbols, the numbers and the result."""

    terms: tuple[Term, ...] = ()

    @cached_property
    def value(self) -> int:
        """The result."""
        return sum(term.factor * term.value for term in self.terms)

    @property
    def symbols(self) -> str:
        """``filters × (kernel_h×kernel_w×channels + 1)``"""
        return " + ".join(term.text(symbolic=True) for term in self.terms) or "0"

    @cached_property
    def numbers(self) -> str:
        """``64 × (3×3×32 + 1)``"""
        return " + ".join(term.text(symbolic=False) for term in self.terms) or "0"

    @property
    def worked(self) -> str:
        """``64 × (3×3×32 + 1) = 18 496``"""
        return f"{self.numbers} = {grouped(self.value)}" if self.terms else "0"

    def __str__(self) -> str:
        return f"{self.symbols} = {self.worked}" if self.terms else "0"


def formula(terms: Iterable[Term]) -> Formula:
    """The sum of the terms that are not zero."""
    return Formula(tuple(term for term in terms if term.factor and term.value))
