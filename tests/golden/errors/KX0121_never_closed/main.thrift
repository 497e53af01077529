struct User {
  1: i64 id

struct Order {
  1: list<i64> ids = [1, 2
}

service Shop {
  void open(1: i64 id
  void close()
}

enum Color {
  RED
