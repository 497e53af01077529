namespace py demo.order

struct Order {
  1: i64 id
}
