struct UserRequest {
  1: i64 id
}

service UserService {
  void GetUser(1: UserRequest req)
  void DeleteUser(1: UserRequest req)
}
