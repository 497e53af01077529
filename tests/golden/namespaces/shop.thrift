namespace go cloud.shop
namespace py shop

include "shop/items.thrift"
include "shop/price.thrift"
include "shop/other.thrift"

struct Basket {
  1: list<items.Item> items
  2: price.Price total
  3: other.Item chosen
}
