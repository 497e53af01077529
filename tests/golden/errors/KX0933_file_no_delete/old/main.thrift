include "order.thrift"

namespace py shop

struct Cart {
  1: i64 id
}
