namespace py shop.items

include "price.thrift"

struct Item {
  1: required i64 id
  2: price.Price price
}
