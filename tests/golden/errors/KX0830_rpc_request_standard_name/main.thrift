struct Query {
  1: i64 id
}

service UserService {
  void GetUser(1: Query query)
}
