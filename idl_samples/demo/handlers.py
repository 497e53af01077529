"""Two services of the shop, kept in memory: what a handler looks like in practice."""

from __future__ import annotations

import itertools

from kitex_gen.shop.catalog import Category, Product, ProductNotFound
from kitex_gen.shop.money import Amount
from kitex_gen.shop.orders import MAX_LINES, Order, OrderLine, OrderRefused, OrderState, Payment


class CatalogHandler:
    """Plain methods: each runs in the server's worker pool."""

    def __init__(self) -> None:
        self._products = {
            product.id: product
            for product in (
                Product(
                    id=1,
                    name="The Art of Thrift",
                    category=Category.BOOK,
                    price=Amount(units=29, cents=90),
                    tags={"new", "paperback"},
                ),
                Product(id=2, name="Wooden train", category=Category.TOY, price=Amount(units=15)),
                Product(id=3, name="Rubber duck", category=Category.TOY, price=Amount(units=3, cents=50)),
            )
        }

    def get_product(self, id: int) -> Product:
        try:
            return self._products[id]
        except KeyError:
            raise ProductNotFound(id=id, message="we never had that") from None

    def list_products(self, category: Category, limit: int) -> list[Product]:
        found = [product for product in self._products.values() if product.category == category]
        return found[:limit]


class OrdersHandler:
    """`async def` methods: each runs on the server's event loop."""

    def __init__(self, catalog: CatalogHandler) -> None:
        self._catalog = catalog
        self._orders: dict[str, Order] = {}
        self._numbers = itertools.count(1)
        self.viewed_products: list[int] = []

    async def ping(self) -> str:
        return f"orders, {len(self._orders)} placed"

    async def place_order(self, lines: list[OrderLine], payment: Payment) -> Order:
        if not 1 <= len(lines) <= MAX_LINES:
            raise OrderRefused(reason=f"an order has 1 to {MAX_LINES} lines, not {len(lines)}")
        cents = 0
        for line in lines:
            if line.quantity < 1:
                raise OrderRefused(reason="a quantity is at least 1", line=line)
            price = self._catalog.get_product(line.product).price
            cents += line.quantity * (price.units * 100 + price.cents)
        order = Order(
            id=f"order-{next(self._numbers)}",
            lines=lines,
            total=Amount(units=cents // 100, cents=cents % 100),
            payment=payment,
        )
        self._orders[order.id] = order
        return order

    async def get_order(self, id: str) -> Order:
        try:
            return self._orders[id]
        except KeyError:
            raise OrderRefused(reason=f"there is no order {id}") from None

    async def cancel_order(self, id: str) -> None:
        order = await self.get_order(id)
        if order.state is OrderState.SHIPPED:
            raise OrderRefused(reason="it is on its way already")
        del self._orders[id]

    async def viewed(self, product: int) -> None:
        self.viewed_products.append(product)
