struct Order {
  1: struct Line { 1: i64 sku } line
  2: i64 total
}
