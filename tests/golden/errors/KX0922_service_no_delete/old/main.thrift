service UserService {
  void Ping()
}

struct User {
  1: i64 id
}
