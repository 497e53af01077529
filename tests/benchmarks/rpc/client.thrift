// What the clients of the comparison call; `small` is also in `echo.thrift`, which our server serves.

namespace py bench_client

struct Small {
  1: string msg
}

service Echo {
  Small small(1: Small req)
  list<i64> (py.packed) numbers(1: list<i64> (py.packed) req)
}
