namespace py demo

typedef string Name (vt.min_size = "1")

struct User {
  1: list<string (vt.min_size = "1")> tags
  2: Name name
}

service Users {
  User Get(1: i64 id (vt.gt = "0"))
}
