// What `records.py` is written after; tests/runtime/test_generated.py holds the two together.

enum Color { RED = 1, GREEN = 2 (colour = "2", colour = "3"), VERT = 2 }

struct Key {
  1: i32 x
  2: list<string> parts
  3: map<string, i64> sizes
}

union KeyChoice {
  1: i32 number
  2: string text
}

exception KeyError {
  1: i32 code
}

struct User {
  1: required i64 id
  2: string name (api.query = "name", go.tag = "a", go.tag = "b")
  3: list<string> tags
  4: optional User manager
} (table = "users")

struct Scalars {
  1: bool flag
  2: i8 byte
  3: i16 short
  4: i32 word
  5: i64 long
  6: double ratio
  7: string text
  8: binary blob
  9: uuid uid
  10: Color class
  11: optional i32 limit = 100
  12: Key leaf
}

union Choice {
  1: i64 number
  2: User user
  3: list<Color> colors
}

exception NotFound {
  1: required i32 code
  2: optional string message
}

struct Containers {
  1: list<list<double>> matrix
  2: map<Key, User> by_key
  3: set<KeyChoice> keys
  4: map<bool, i8> by_flag
  5: map<Color, set<i32>> by_color
  6: map<double, uuid> by_ratio
  7: map<binary, bool> by_blob
  8: list<Choice> choices
  9: list<i32> numbers (py.packed = "1")
  10: optional map<list<i32>, map<set<i64>, string>> deep
}

struct Nothing {}

struct Errors {
  1: set<KeyError> errors
}
