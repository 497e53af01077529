namespace py base

typedef i64 Id

service Health {
  string Ping()
}
