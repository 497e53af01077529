include "order.thrift"

namespace py shop.v1

struct Cart {
  1: order.Order last
}
