namespace py demo

typedef i64 Id
