"""What travels beside a message: from RpcInfo to transport headers and back."""

from kitexgen.runtime.metadata.biz_status import read_biz_status, write_biz_status
from kitexgen.runtime.metadata.ttheader import read_call, read_reply, write_call, write_reply

__all__ = ["read_biz_status", "read_call", "read_reply", "write_biz_status", "write_call", "write_reply"]
