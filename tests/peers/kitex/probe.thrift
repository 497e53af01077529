// What the golden vectors leave open: every kind of value, every way a call can end, what travels beside it.
// Each method says what every peer's handler does.

namespace go probe

include "echo.thrift"

enum Level {
  LOW = -1
  MEDIUM = 0
  HIGH = 7
}

typedef i64 Stamp
typedef list<string> Words

struct Leaf {
  1: required string name
  2: i32 weight
}

union Shape {
  1: i32 circle
  2: string label
  3: Leaf leaf
  4: list<i64> path
}

struct Node {
  1: i64 value
  2: optional Node next
  3: list<Node> children
}

struct Scalars {
  1: bool yes
  2: byte tiny
  3: i16 small
  4: i32 medium
  5: i64 large
  6: double real
  7: string text
  8: binary blob
  9: Level level
  10: Stamp stamp
}

struct Containers {
  1: list<bool> flags
  2: list<double> reals
  3: Words words
  4: list<binary> blobs
  5: list<Leaf> leaves
  6: list<list<i32>> grid
  7: set<i64> numbers
  8: set<string> names
  9: set<Level> levels
  10: map<string, i64> counts
  11: map<bool, i16> by_flag
  12: map<Level, string> by_level
  13: map<i32, map<string, double>> nested
  14: map<string, list<Leaf>> groups
  15: map<string, Leaf> leaf_of
}

struct Options {
  1: optional bool yes
  2: optional i64 number
  3: optional string text
  4: optional binary blob
  5: optional Level level
  6: optional Leaf leaf
  7: optional list<i32> numbers
  8: optional map<string, string> pairs
  9: optional Shape shape
  10: optional i32 with_default = 42
  11: optional string named = "nobody"
  12: i16 always = 3
  13: Level level_default = Level.HIGH
  14: optional echo.Color color = echo.Color.GREEN
}

exception Denied {
  1: required string who
  2: Level level
}

exception Missing {
  1: Stamp id
}

// A call as the handler saw it.
struct Seen {
  1: string caller
  2: string caller_method
  3: string service
  4: string method
  5: map<string, string> persistent
  6: map<string, string> transient
  7: i64 timeout_milliseconds
}

service Probe {
  // Every kind of value, given back as it came.
  bool give_bool(1: bool value)
  byte give_byte(1: byte value)
  i16 give_i16(1: i16 value)
  i32 give_i32(1: i32 value)
  i64 give_i64(1: i64 value)
  double give_double(1: double value)
  string give_string(1: string value)
  binary give_binary(1: binary value)
  Level give_level(1: Level value)
  Words give_words(1: Words value)
  set<i32> give_set(1: set<i32> value)
  map<string, i64> give_map(1: map<string, i64> value)
  Scalars give_scalars(1: Scalars value)
  Containers give_containers(1: Containers value)
  Options give_options(1: Options value)
  Shape give_shape(1: Shape value)
  Node give_node(1: Node value)

  // `text` as often as `times` says, `leaf.name` behind it: several arguments, the number first on the wire.
  string join(1: string text, 2: i32 times, 3: Leaf leaf)

  // Every way a call can end.
  void nothing()
  oneway void note(1: string text)
  // Whether `note` has received the text, waiting for it up to `milliseconds`.
  bool noted(1: string text, 2: i32 milliseconds)
  // Denied for "mallory", Missing for "nobody", else "welcome " and the name.
  string enter(1: string who) throws (1: Denied denied, 2: Missing missing)
  // Missing unless `id` is positive.
  void remove(1: Stamp id) throws (3: Missing missing)
  // Fails with the text: an ordinary error of the handler.
  string fail(1: string text)
  // Fails with a TApplicationException of that type.
  string refuse(1: i32 type, 2: string text)
  // Panics with the text, or what comes nearest in the language.
  string crash(1: string text)
  // Ends with a business status.
  string business(1: i32 code, 2: string message, 3: map<string, string> extra)
  // Answers after that time with that number.
  i32 sleep(1: i32 milliseconds)

  // What the handler knows of the call; sends back the backward value `seen-by`: the server's name.
  Seen seen()
  // `seen` as asked of the peer at `address` over TTHeader, in the midst of this call; sends back the backward value
  // `relayed-from`: what came back as `seen-by`.
  Seen relay(1: string address)
}

service LoudEcho extends echo.Echo {
  // The text in capitals (ASCII).
  string shout(1: string text)
}
