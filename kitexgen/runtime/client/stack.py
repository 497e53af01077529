"""The onion of a client as a list, outermost first, each line saying why it stands there.

The order is Kitex's (reference/runtime.md 2.2); what later layers bring has its place marked by its number there.
"""

from __future__ import annotations

from kitexgen.runtime.call.endpoint import Endpoint, Middleware, chain
from kitexgen.runtime.call.in_context import in_context
from kitexgen.runtime.call.ownership import check_arguments, own_arguments, owning
from kitexgen.runtime.channel.lender import BlockingLender
from kitexgen.runtime.channel.pool import Pool
from kitexgen.runtime.channel.stream_pool import StreamPool
from kitexgen.runtime.client.failures import handle_errors, raise_biz_status
from kitexgen.runtime.client.invoke import invoke
from kitexgen.runtime.client.invoke_blocking import invoke_blocking
from kitexgen.runtime.client.locate import locate
from kitexgen.runtime.client.open_stream import open_stream, receive_message, send_message
from kitexgen.runtime.client.options import ClientOptions
from kitexgen.runtime.client.route import Ring, route
from kitexgen.runtime.client.timeout import give_up, name_timeout


def client_stack(options: ClientOptions, pool: Pool, ring: Ring | None = None) -> Endpoint:
    """The endpoint of an asyncio client; `ring` has its hosts, and whose turn it is."""
    return chain(_layers(options, give_up, ring or Ring(options.hosts)), invoke(pool, options))


def blocking_stack(options: ClientOptions, pool: BlockingLender, ring: Ring | None = None) -> Endpoint:
    """The endpoint of a blocking client: the same list, but sockets keep the time."""
    return chain(_layers(options, name_timeout, ring or Ring(options.hosts)), invoke_blocking(pool, options))


def stream_stack(options: ClientOptions, pool: StreamPool) -> Endpoint:
    """The endpoint that opens a stream. No allowance: what a stream is given as a whole outlasts its opening."""
    return chain(
        (
            locate,
            # 7 stream breaker, 8 xDS router
            *options.stream_middlewares,
            in_context,  # 11
            *options.middlewares,  # 12
            # 13 ACL
            route(options.hosts),  # 14
            # 15 instance breaker
            *options.instance_middlewares,  # 16
            handle_errors(options.error_handler),  # 17
        ),
        open_stream(pool),
    )


def send_stack(options: ClientOptions) -> Endpoint:
    """The endpoint that sends a message of a stream."""
    return chain(
        (locate, *owning(own_arguments), *options.send_middlewares, *owning(check_arguments)),
        send_message,
    )


def receive_stack(options: ClientOptions) -> Endpoint:
    """The endpoint that receives one; None is the end."""
    return chain((locate, *options.receive_middlewares), receive_message)


def _layers(options: ClientOptions, keep_time: Middleware, ring: Ring) -> tuple[Middleware, ...]:
    return (
        *owning(own_arguments),  # outside of all: what is handed over is the call's from here on
        raise_biz_status,  # 20: outside of all to which a call with a business status went well
        locate,  # so that every error that leaves says where it happened
        # 6 retry, 7 service breaker, 8 xDS router
        keep_time,  # 9: the allowance covers everything further in, the user's middlewares too
        *options.unary_middlewares,  # 10
        in_context,  # 11: those of the block the call is made in
        *options.middlewares,  # 12
        # 13 ACL
        route(ring),  # 14: tries the next host when one cannot be reached
        # 15 instance breaker
        *options.instance_middlewares,  # 16: these see each address tried
        handle_errors(options.error_handler),  # 17
        *owning(check_arguments),  # right before the endpoint writes them
        # 18 is the endpoint itself
    )
