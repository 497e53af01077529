namespace py my-shop

struct Städte {
  1: i64 id$
  2: i64 other.
}
