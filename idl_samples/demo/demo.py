"""`make demo`: generate code from the samples, start a server, call it, and show what happened."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / ".demo"


def generate() -> None:
    """Run the command a user would run, in the folder where it can be run again."""
    WORK.mkdir(exist_ok=True)
    samples = ["idl_samples/thrift/shop/orders.thrift", "idl_samples/proto/greeter.proto"]
    arguments = ["gen", *samples, "--out", ".demo/kitex_gen"]
    print(f"$ kitexgen {' '.join(arguments)}", flush=True)
    subprocess.run([sys.executable, "-m", "kitexgen", *arguments], cwd=ROOT, check=True)
    for path in sorted((WORK / "kitex_gen").rglob("*.py")):
        print(f"    {path.relative_to(ROOT)}")


async def call() -> None:
    """Serve both services of the shop, and the greeter, on one port, and talk to them with generated clients."""
    from calls import show_async_calls, show_blocking_calls  # noqa: PLC0415 - needs the code generated above
    from greeter import (  # noqa: PLC0415 - likewise
        GreeterHandler,
        show_blocking_protobuf_calls,
        show_protobuf_calls,
    )
    from handlers import CatalogHandler, OrdersHandler  # noqa: PLC0415 - likewise
    from kitex_gen.greeter.v1 import greeter_service  # noqa: PLC0415 - likewise
    from kitex_gen.shop.catalog import catalog_service  # noqa: PLC0415 - likewise
    from kitex_gen.shop.orders import orders_service  # noqa: PLC0415 - likewise

    from kitexgen.runtime import Served, Server  # noqa: PLC0415 - likewise

    products = CatalogHandler()
    purchases = OrdersHandler(products)
    services = (
        Served(catalog_service.SERVICE, products),
        Served(orders_service.SERVICE, purchases),
        Served(greeter_service.SERVICE, GreeterHandler()),
    )
    async with Server(*services, address="127.0.0.1:0") as server:
        address = str(server.address)
        print(f"\nserving Catalog and Orders (Thrift) and Greeter (Protobuf) on {address}\n")
        await show_async_calls(address)
        await asyncio.to_thread(show_blocking_calls, address)
        await show_protobuf_calls(address)
        await asyncio.to_thread(show_blocking_protobuf_calls, address)
    print(f"\nproducts looked at (oneway): {purchases.viewed_products}")
    print("server stopped")


def main() -> None:
    generate()
    sys.path[:0] = [str(WORK), str(HERE)]
    asyncio.run(call())


if __name__ == "__main__":
    main()
