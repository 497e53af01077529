struct User {
  1: i64 id
}

service UserService {
  void Delete(1: i64 id)
  void Rename(1: i64 id)
}
