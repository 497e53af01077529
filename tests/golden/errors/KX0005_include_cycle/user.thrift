include "shop.thrift"

struct User {
  1: shop.Shop favourite
}
