"""How names are written, and how else they could be."""

from __future__ import annotations

import re

_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*")
_CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")
_LOWER_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_UPPER_SNAKE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|[0-9]+")


def is_pascal(name: str) -> bool:
    return _PASCAL.fullmatch(name) is not None


def is_camel(name: str) -> bool:
    return _CAMEL.fullmatch(name) is not None


def is_lower_snake(name: str) -> bool:
    return _LOWER_SNAKE.fullmatch(name) is not None


def is_upper_snake(name: str) -> bool:
    return _UPPER_SNAKE.fullmatch(name) is not None


def to_pascal(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[_\W]+", name)) or name


def to_lower_snake(name: str) -> str:
    """Digits stay with the word before them: `utf8Text` gives `utf8_text`."""
    words: list[str] = []
    for word in _WORDS.findall(name):
        if word.isdigit() and words:
            words[-1] += word
        else:
            words.append(word.lower())
    return "_".join(words) or name.lower()


def to_upper_snake(name: str) -> str:
    return to_lower_snake(name).upper()
