"""Calls to the shop, by the asyncio client and by the blocking one."""

from __future__ import annotations

from kitex_gen.shop.catalog import Category, ProductNotFound
from kitex_gen.shop.catalog.catalog_service import CatalogClient
from kitex_gen.shop.orders import Order, OrderLine, OrderRefused, Payment
from kitex_gen.shop.orders.orders_service import OrdersClient

from kitexgen.runtime import RpcTimeout, thrift, which


def show(call: str, result: object) -> None:
    print(f"  {call}\n    -> {result}")


async def show_async_calls(address: str) -> None:
    print("asyncio client, framed transport, Thrift Binary")
    async with CatalogClient("catalog", hosts=[address]) as catalog, OrdersClient("orders", hosts=[address]) as orders:
        toys = await catalog.list_products(Category.TOY, 10)
        show("await catalog.list_products(Category.TOY, 10)", [toy.name for toy in toys])
        try:
            await catalog.get_product(99, timeout=0.5)
        except ProductNotFound as error:
            show("await catalog.get_product(99)", f"raises {error!r}")
        show("await orders.ping()", await orders.ping())
        await orders.viewed(3)
        show("await orders.viewed(3)", "oneway: nothing comes back")
        order = await orders.place_order([OrderLine(product=3, quantity=12)], Payment(card_token="tok_1"))
        show("await orders.place_order(12 ducks)", order)
        show("which(order.payment)", which(order.payment))
        data = thrift.encode(order)
        show("len(data := thrift.encode(order))", len(data))
        show("thrift.decode(Order, data) == order", thrift.decode(Order, data) == order)


def show_blocking_calls(address: str) -> None:
    print("\nblocking client, buffered transport, Thrift Compact")
    with OrdersClient.blocking("orders", hosts=[address], transport="buffered", protocol="compact") as orders:
        show("orders.ping()", orders.ping())
        try:
            orders.place_order([], Payment(invoice_address="Main Street 1"))
        except OrderRefused as error:
            show("orders.place_order([], …)", f"raises {error!r}")
        try:
            orders.get_order("order-1", timeout=2.0)
        except RpcTimeout as error:
            show("orders.get_order('order-1')", f"raises {error!r}")
        else:
            show("orders.cancel_order('order-1')", orders.cancel_order("order-1"))
