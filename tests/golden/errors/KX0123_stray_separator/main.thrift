namespace py shop;

struct User {
  1: i64 id,,
  2: list<i32> numbers = [1,,2]
};

enum Color { RED },

const i32 LIMIT = 3 (unit = "s");
