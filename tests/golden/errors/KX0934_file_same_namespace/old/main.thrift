namespace py demo.user

struct User {
  1: i64 id
}
