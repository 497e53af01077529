py_module shop

senum Color {
  "red",
  "green"
}

struct User {
  1: i64 id
}
