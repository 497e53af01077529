namespace go shop

struct Price {
  1: i64 cents
}
