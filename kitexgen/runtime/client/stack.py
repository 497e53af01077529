"""The onion of a client as a list, outermost first, each line saying why it stands there.

The order is Kitex's (reference/runtime.md 2.2); what later layers bring has its place marked by its number there.
"""

from __future__ import annotations

from kitexgen.runtime.call.endpoint import Endpoint, chain
from kitexgen.runtime.channel.blocking import BlockingPool
from kitexgen.runtime.channel.pool import Pool
from kitexgen.runtime.client.invoke import invoke
from kitexgen.runtime.client.invoke_blocking import invoke_blocking
from kitexgen.runtime.client.locate import locate
from kitexgen.runtime.client.options import ClientOptions
from kitexgen.runtime.client.route import route
from kitexgen.runtime.client.timeout import give_up, name_timeout


def client_stack(options: ClientOptions, pool: Pool) -> Endpoint:
    """The endpoint of an asyncio client."""
    return chain(
        (
            locate,  # outside of all, so that every error that leaves says where it happened
            # 6 retry, 7 service breaker, 8 xDS router
            give_up,  # 9: the allowance covers everything further in, the user's middlewares too
            *options.middlewares,  # 12
            # 13 ACL
            route(options.hosts),  # 14: tries the next host when one cannot be reached
            # 15 instance breaker, 16 instance middlewares: these see each address tried
        ),
        invoke(pool, options.format),  # 18
    )


def blocking_stack(options: ClientOptions, pool: BlockingPool) -> Endpoint:
    """The endpoint of a blocking client: the same list, but sockets keep the time."""
    return chain(
        (locate, name_timeout, *options.middlewares, route(options.hosts)),
        invoke_blocking(pool, options.format),
    )
