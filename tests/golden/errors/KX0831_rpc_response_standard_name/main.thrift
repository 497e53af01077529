struct User {
  1: i64 id
}

struct GetUserRequest {
  1: i64 id
}

service UserService {
  User GetUser(1: GetUserRequest req)
}
