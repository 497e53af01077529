namespace py interop_sink

enum Colour { RED = 1, GREEN = 2, FAR = 2147483647 }

struct Key {
  1: i32 number
  2: string text
} (python.immutable = "")

union Choice {
  1: i64 number
  2: string text
  3: list<Choice> more
  4: Key key
}

exception Refused {
  1: required i32 code
  2: optional string why
}

// Fields in the order in which Kitex writes them: its bytes are those of every other implementation.
struct Ordered {
  1: bool flag
  2: i8 tiny
  3: i16 small
  4: i32 medium
  5: i64 big
  6: double real
  7: string text
  8: binary blob
  9: Colour colour
  10: list<bool> flags
  11: list<i64> numbers
  12: map<string, i32> counts
  13: Choice choice
  20: list<list<string>> words
  300: map<i16, map<bool, double>> deep
  32767: optional Ordered after
}

struct Everything {
  7: string text = "a default"
  1: required bool flag
  6: i8 tiny
  2: optional i16 small
  3: optional i32 medium = 5
  4: required i64 big
  5: double real
  9: optional binary blob
  10: Colour colour = Colour.GREEN
  11: list<Colour> colours
  12: set<string> words
  13: set<i32> numbers
  14: map<Key, list<Key>> by_key
  15: set<Key> keys
  16: map<Colour, Choice> by_colour
  17: map<double, bool> by_real
  18: list<Refused> refusals
  19: Refused refusal
  21: optional Everything inner
  22: list<i32> packed (py.packed = "1")
  23: map<i8, set<i64>> sets
}
