include "order.thrift"

namespace go shop

struct Cart {
  1: order.Order last
}
