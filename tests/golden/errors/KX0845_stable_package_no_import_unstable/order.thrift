namespace py order.v1beta1

struct Order {
  1: i64 id
}
