include "order/order.thrift"

namespace py demo.shop

struct User {
  1: list<order.Order> orders
}
