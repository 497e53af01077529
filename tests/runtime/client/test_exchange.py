"""What a call writes before anything is sent."""

from __future__ import annotations

import pytest

from kitexgen.runtime.call import RpcInfo
from kitexgen.runtime.client.exchange import write_request
from kitexgen.runtime.client.options import client_options
from kitexgen.runtime.errors import FrameTooLarge
from tests.builders.services import ECHO, NOTES, Note, args


@pytest.mark.parametrize("transport", ["framed", "buffered", "ttheader", "ttheader_framed"])
def test_a_request_past_the_limit_is_not_sent(transport: str) -> None:
    info = RpcInfo(side="client", destination="notes", service=NOTES, method=ECHO)
    options = client_options(transport=transport, max_message=1000)  # type: ignore[arg-type]
    assert write_request(info, args(ECHO, note=Note(text="x" * 500)), options, 0)
    with pytest.raises(FrameTooLarge) as caught:
        write_request(info, args(ECHO, note=Note(text="x" * 1000)), options, 0)
    assert caught.value.limit == 1000
