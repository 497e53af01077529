service UserService {
  void delete_user(1: i64 id)
}
