namespace py demo

/** Where something is. */
struct Point {
  1: double x
  2: double y
  3: list<i32> marks
  4: map<string, Name> names
}

union Name {
  1: string plain
  2: list<string> parts
}

struct Everything {
  1: required bool flag
  2: i8 tiny = 1
  3: optional i16 small
  4: optional i32 medium = 3
  5: map<Point, set<list<i64>>> places
  6: optional list<double> packed (py.packed = "1")
  7: binary blob = "\n"
  8: list<Point> points = [{"x": 1.5}]
  9: string text (go.tag = "json:text", deprecated = "use blob")
}

exception Broken {
}

const map<string, list<i32>> TABLE = {"one": [1], "two": [1, 2]}
const Point ORIGIN = {"x": 0, "marks": [1]}
const double LARGE = 1e300
const string QUOTED = 'say "hi"'
typedef map<string, i64> Counts
typedef list<Counts> History
