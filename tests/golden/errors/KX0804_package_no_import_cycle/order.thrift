include "price.thrift"

namespace go order

struct Order {
  1: price.Price price
}
