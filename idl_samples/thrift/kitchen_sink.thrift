/**
 * Every feature of the language once.
 */
include "shop/money.thrift"
cpp_include "<vector>"

namespace py kitchen.sink
namespace go kitchen.sink
namespace * kitchen
namespace xsd kitchen (uri = "http://example.com/ns")

// ---- constants --------------------------------------------------------------
const bool YES = true
const i8 TINY = -128
const i16 SMALL = 0x7fff
const i32 ANSWER = 42
const i64 BIG = 9223372036854775807
const double PI = 3.14159
const double AVOGADRO = 6.02214076e23
const string GREETING = "say \"hi\"\n"
const string SINGLE = 'say "hi"'
const binary MAGIC = "PNG"
const list<i32> PRIMES = [2, 3, 5, 7]
const set<string> COLOURS = ["red", "green"]
const map<string, list<i32>> TABLE = {"odd": [1, 3], "even": [2, 4]}
const i32 SAME = ANSWER

// ---- types ------------------------------------------------------------------
/** How much of it. */
enum Level {
  LOW
  MIDDLE = 5
  HIGH // one more than MIDDLE
  LOWEST = -1
}

struct Point {
  1: double x
  2: double y
}

/** Used as a map key, hence frozen and hashable in Python. */
struct Key {
  1: required string zone
  2: required i32 number
}

typedef map<string, Point> Places
typedef list<Level> Levels (note = "an alias with an annotation")

const Level START = Level.MIDDLE
const Point ORIGIN = {"x": 0.0, "y": 0.0}

struct Everything {
  1: bool flag
  2: i8 tiny
  3: i16 small
  4: i32 medium = ANSWER
  5: i64 big
  6: double real = 1.5
  7: string text = GREETING
  8: binary blob
  10: Level level = Level.HIGH
  11: list<i32> numbers = [1, 2, 3]
  12: set<string> words
  13: map<string, i64> counts
  14: Point point
  15: optional Point maybe
  16: required string must
  17: optional i32 perhaps
  18: optional i32 fallback = 7
  19: list<list<Point>> grid
  20: map<Key, string> labels
  21: set<Key> keys
  22: Places places
  23: Levels levels
  24: Shape shape
  25: list<i64> packed (py.packed = "1")
  26: Tree tree
  27: map<i32, map<string, list<Level>>> deep
  28: money.Amount price
  29: string class // a keyword of Python
  30: string from
  31: i32 self
  100: string last (go.tag = "json:\"last\"", go.tag = "second")
} (owner = "samples")

/** A recursive type. */
struct Tree {
  1: required string label
  2: list<Tree> children
  3: optional Tree parent
}

union Shape {
  1: double circle
  2: Point corner
  3: list<Point> polygon
}

union Nothing {}

exception Failure {
  1: required i32 code
  2: string message
}

exception Empty {}

// ---- services ---------------------------------------------------------------
service Parent {
  void nothing()
}

service Sink extends Parent {
  Everything swap(1: Everything value) throws (1: Failure failure, 2: Empty empty)
  i32 add(1: i32 a, 2: i32 b = 1)
  list<Shape> shapes(1: map<string, Shape> named)
  oneway void fire(1: string text)
  string import(1: string from, 2: bool async_)
  Point unary(1: Point p) (streaming.mode = "unary")
  Point upload(1: Point p) (streaming.mode = "client")
  Point download(1: Point p) (streaming.mode = "server")
  Point talk(1: Point p) (streaming.mode = "bidirectional")
} (deprecated = "no")
