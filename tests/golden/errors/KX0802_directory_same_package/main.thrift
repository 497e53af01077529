include "order.thrift"

namespace py demo.user

struct User {
  1: list<order.Order> orders
}
