"""Which of a server's services a request is for. Source: Kitex `server/service.go` (SearchService)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kitexgen.runtime.errors import UnknownMethod, UnknownService
from kitexgen.runtime.server.bind import BoundMethod, bind
from kitexgen.runtime.service.info import ServiceInfo


@dataclass(frozen=True, slots=True)
class Served:
    """A service and the object that handles it: methods by their Python names, `async def` or plain `def`.

    At most one service of a server is the fallback: it gets the requests that name no service, if it has the method.
    """

    service: ServiceInfo
    handler: object
    is_fallback: bool = False


class Routes:
    """The methods of all services of a server.

    `requires_name` is whether only requests that name their service are served.

    Raises ValueError for two services of one name, for two fallbacks, and for a method name that several services have
    when none is the fallback: a framed request names no service, so nobody could say whose it is.
    """

    def __init__(self, served: Sequence[Served], *, requires_name: bool = False) -> None:
        if not served:
            raise ValueError("a server needs at least one service")
        self._requires_name = requires_name
        self._services: dict[str, dict[str, BoundMethod]] = {}
        for each in served:
            if each.service.name in self._services:
                raise ValueError(f"service {each.service.name} is registered twice")
            self._services[each.service.name] = bind(each.service, each.handler)
        fallbacks = [each for each in served if each.is_fallback]
        if len(fallbacks) > 1:
            names = " and ".join(each.service.name for each in fallbacks)
            raise ValueError(f"only one service can be the fallback, not {names}")
        in_order = fallbacks + [each for each in served if not each.is_fallback]
        self._nameless: dict[str, BoundMethod] = {}
        self._having: dict[str, int] = {}
        for each in in_order:
            for name, bound in self._services[each.service.name].items():
                self._nameless.setdefault(name, bound)
                self._having[name] = self._having.get(name, 0) + 1
        if not fallbacks and not requires_name:
            self._refuse_conflicts()
        named = {"": {} if requires_name else self._nameless, **self._services}
        self._heads = {
            (service, bound.call_head): bound
            for service, methods in named.items()
            for bound in methods.values()
            if bound.is_usual
        }

    def find_usual(self, service: str, head: bytes) -> BoundMethod | None:
        """As `find`, by what the message starts with; None means that it is not so simple."""
        return self._heads.get((service, head))

    def usual(self) -> Iterator[tuple[str, BoundMethod]]:
        """All that `find_usual` finds, with the names of the services that requests give."""
        for (service, _), bound in self._heads.items():
            yield service, bound

    def find(self, service: str, method: str) -> BoundMethod:
        """The method that a request means; `service` is "" when the transport does not say.

        Raises UnknownMethod when the service is known and has no such method, UnknownService otherwise, both with
        Kitex's words.
        """
        known = self._services.get(service)
        if known is not None:
            bound = known.get(method)
            if bound is None:
                raise UnknownMethod(f"unknown method {method} (service {service})")
            return bound
        bound = self._by_method(service, method)
        if bound is None:
            raise UnknownService(f"unknown service {service}, method {method}")
        return bound

    def _by_method(self, service: str, method: str) -> BoundMethod | None:
        """What a request may mean whose service is not named, or by a name that is not known here."""
        if self._requires_name:
            return None
        if service and self._having.get(method) != 1:
            # An unknown name is forgiven when the method leaves no doubt: callers name a service as they know it.
            return None
        return self._nameless.get(method)

    def bound(self, service: ServiceInfo, method: str) -> BoundMethod:
        """The method of a service that is known to be served."""
        return self._services[service.name][method]

    def _refuse_conflicts(self) -> None:
        for name, count in self._having.items():
            if count > 1:
                raise ValueError(
                    f"method name [{name}] is conflicted between services but no fallback service is specified"
                )
