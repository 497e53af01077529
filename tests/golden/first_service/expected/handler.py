"""Handles `Shop`. This file is yours: kitexgen only adds methods that the IDL gains."""

from __future__ import annotations

from kitex_gen.base.base import Id
from kitex_gen.shop.shop import Product
from kitex_gen.shop.shop_service import Shop


class ShopHandler(Shop):
    async def ping(self) -> str:
        raise NotImplementedError("Shop.Ping")

    async def find(self, id: Id) -> Product:
        raise NotImplementedError("Shop.Find")

    async def seen(self, id: Id) -> None:
        raise NotImplementedError("Shop.Seen")
