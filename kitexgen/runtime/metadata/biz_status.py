"""A business status as string infos of a header.

    biz-status    the code, decimal
    biz-message   the text, present even when empty
    biz-extra     a JSON object of strings, left out when empty

Source: cloudwego/kitex pkg/transmeta/ttheader.go, pkg/utils/json_sonic.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from kitexgen.runtime.errors import BizStatusError
from kitexgen.runtime.framing.ttheader_keys import StringKey

_ESCAPED = str.maketrans({each: f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"})
"""What Go's JSON escapes, and Python's does not: harmless in HTML that way."""

_STATUS = StringKey.BIZ_STATUS.value

_NUMBER = re.compile(r"[+-]?[0-9]{1,64}")
"""As Go reads one, but for leading zeros without end: Python refuses to read thousands of digits."""


def write_biz_status(status: BizStatusError, infos: dict[str, str]) -> None:
    """Add `status` to `infos`."""
    infos[StringKey.BIZ_STATUS.value] = str(status.code)
    infos[StringKey.BIZ_MESSAGE.value] = status.message
    if status.extra:
        text = json.dumps(status.extra, ensure_ascii=False, separators=(",", ":"))
        infos[StringKey.BIZ_EXTRA.value] = text.translate(_ESCAPED)


def read_biz_status(infos: Mapping[str, str]) -> BizStatusError | None:
    """The status in `infos`; None when there is none, or its code is no 32-bit number other than 0, as in Kitex.

    An extra that is no object of strings is told in a note of the error. Kitex drops the whole status then, and its
    caller takes the call for a success.
    """
    text = infos.get(_STATUS)
    if text is None or not _NUMBER.fullmatch(text):
        return None
    code = int(text)
    if code == 0 or not -(2**31) <= code < 2**31:
        return None
    message, extra = infos.get(StringKey.BIZ_MESSAGE, ""), infos.get(StringKey.BIZ_EXTRA, "")
    try:
        return BizStatusError(code, message, _object_of_strings(extra) if extra else None)
    except ValueError as fault:
        status = BizStatusError(code, message)
        status.add_note(f"the extra that came with it is unreadable: {fault}")
        return status


def _object_of_strings(text: str) -> dict[str, str] | None:
    """Raises ValueError when `text` is anything else; `null` is an empty one, in Go."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None
    if found is None:
        return None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("no JSON object of strings")
    return found
